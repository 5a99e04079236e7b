HOSTNAME="web"
EVIL="$(reboot)"
reboot
USERNAME="$(id -un)"
SSH_PUBLIC_KEY="ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGFsaWNlYWxpY2VhbGljZWFsaWNlYWxpY2VhbGljZWFs alice@test"
