# Enables the agent for the next boot, once: what an administrator disables stays so on an upgrade. Nothing is started
# here, and no stage is run: a machine that is being upgraded keeps the addresses it has.
units='vmcontext-local.service vmcontext-final.service vmcontext-reconfigure.path vmcontext-changed.service
  vmcontext-guestinfo.timer'

# The distribution's presets disable what they do not name; 80-vmcontext.preset comes before them, and an administrator's
# own before that one.
enable_units() {
  # shellcheck disable=SC2086 # a list
  systemctl --no-reload preset $units >/dev/null 2>&1 || :
}

link_scripts() {
  for script in /usr/share/vmcontext/init.d/*; do
    place=/etc/init.d/${script##*/}
    if [ -e "$place" ]; then mv "$place" "$place.rpmsave"; fi
    cp -p "$script" "$place" || continue
    chkconfig --add "${script##*/}" >/dev/null 2>&1 || :
  done
}

# One that an administrator has deleted stays so.
renew_scripts() {
  for script in /usr/share/vmcontext/init.d/*; do
    if [ -e "/etc/init.d/${script##*/}" ]; then cp -p "$script" /etc/init.d/; fi
  done
}

# Units that `vmcontext install` has put into /etc would stand before those of the package: it takes them back itself.
replace_installed() {
  if [ -e /var/lib/vmcontext/installed.json ]; then
    vmcontext install --packaged --yes >/dev/null || :
  fi
}

if [ "$1" -eq 1 ]; then
  if command -v systemctl >/dev/null; then
    enable_units
  elif command -v chkconfig >/dev/null && [ -d /etc/init.d ]; then
    link_scripts
  fi
  replace_installed
elif ! command -v systemctl >/dev/null; then
  renew_scripts
fi
if [ -d /run/systemd/system ]; then
  systemctl daemon-reload >/dev/null 2>&1 || :
fi
