ip_public="203.0.113.7"
netmask="255.255.255.255"
gateway="198.51.100.1"
