# State and logs stay when the package goes, as rpm's packages have it: the manifest knows what was there before.
if [ -d /run/systemd/system ]; then
  systemctl daemon-reload >/dev/null 2>&1 || :
fi
