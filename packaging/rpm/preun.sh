# Takes away what would be left hanging; an upgrade changes nothing here.
units='vmcontext-local.service vmcontext-final.service vmcontext-reconfigure.path vmcontext-changed.service
  vmcontext-guestinfo.timer'

# Stopped are the two that watch for changes. The stages of the boot have ended long ago, and one that has not may be
# what runs us.
disable_units() {
  # shellcheck disable=SC2086 # a list
  systemctl --no-reload disable $units >/dev/null 2>&1 || :
  if [ -d /run/systemd/system ]; then
    systemctl stop vmcontext-reconfigure.path vmcontext-guestinfo.timer >/dev/null 2>&1 || :
  fi
}

unlink_scripts() {
  for script in /usr/share/vmcontext/init.d/*; do
    chkconfig --del "${script##*/}" >/dev/null 2>&1 || :
    rm -f "/etc/init.d/${script##*/}"
  done
}

# What `vmcontext install --take-over` has put out of the way comes back.
give_back() {
  if [ -e /var/lib/vmcontext/installed.json ]; then
    vmcontext uninstall --packaged --yes || :
  fi
}

if [ "$1" -eq 0 ]; then
  if command -v systemctl >/dev/null; then
    disable_units
  elif command -v chkconfig >/dev/null; then
    unlink_scripts
  fi
  give_back
fi
