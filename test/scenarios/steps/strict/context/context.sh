HOSTNAME="my host"
