HOSTNAME="my host; reboot"
