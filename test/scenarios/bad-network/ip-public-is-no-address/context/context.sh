ip_public="192.168.0.5; reboot"
netmask="255.0.255.0"
gateway="10.0.0"
