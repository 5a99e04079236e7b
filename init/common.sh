# What the scripts of SysV init, OpenRC and hot-plugging have in common; packaging/init-scripts.ts puts it in front of
# each of them.

name=vmcontext
binary=/usr/sbin/vmcontext
log=/var/log/vmcontext.log
report=/run/vmcontext/report.json
hot_plug=/usr/lib/vmcontext/hot-plug

# rc gives its scripts a bare environment, upstart and udev next to none. OpenRC's own commands are on its PATH.
PATH=/usr/sbin:/usr/bin:/sbin:/bin${PATH:+:$PATH}
export PATH

say() {
  echo "$name: $*"
}

# The root counts as writable when the last thing mounted on / is. Not asked with `test -w`: busybox answers that
# root may always write.
root_is_writable() {
  options=
  while read -r _ directory _ current _; do
    [ "$directory" = / ] && options=$current
  done </proc/mounts
  case ",$options," in
    *,rw,*) return 0 ;;
    *) return 1 ;;
  esac
}

# Says what the machine is not ready for yet; nothing if it is ready.
missing_so_far() {
  if [ ! -r /proc/mounts ]; then
    echo '/proc is not mounted yet'
  elif [ ! -d /sys/class/net ]; then
    echo '/sys/class/net is not there yet'
  elif ! root_is_writable; then
    echo 'the root file system is still read-only'
  fi
}

# Succeeds where the agent can work; else says why not.
is_ready() {
  if [ ! -x "$binary" ]; then
    say "nothing done: $binary is missing or not executable"
    return 1
  fi
  obstacle=$(missing_so_far)
  [ -z "$obstacle" ] && return
  say "nothing done: $obstacle; this script was started too early in the boot"
  return 1
}

# /run is no tmpfs on CentOS 6 and before: the report of an earlier boot may still lie there.
ran_in_this_boot() {
  [ -f "$report" ] && grep -q "\"bootId\": \"$(cat /proc/sys/kernel/random/boot_id)\"" "$report"
}

# Runs a command for so many seconds at most. The agent bounds its own work; this is for the case that it cannot,
# for instance a drive that answers no read. Old coreutils and busybox have `timeout` without -k.
bounded() {
  seconds=$1
  shift
  if timeout -k 1 1 true 2>/dev/null; then
    timeout -k 5 "$((seconds - 5))" "$@"
  elif timeout -s KILL 1 true 2>/dev/null; then
    timeout -s KILL "$seconds" "$@"
  else
    "$@"
  fi
}

# Runs the agent for so many seconds at most, and tells how that ended unless it ended well.
run_agent() {
  limit=$1
  shift
  # The console may be a terminal, but nobody sits there who could be cut off.
  bounded "$limit" "$binary" "$@" --no-verify </dev/null
  code=$?
  case $code in
    0) ;;
    124 | 137 | 143) say "$* was ended after $limit seconds; see $log" ;;
    *) say "$* ended with exit code $code; see $log" ;;
  esac
  # What was plugged in during the boot waits for its end.
  if [ -x "$hot_plug" ]; then "$hot_plug" resume; fi
  return "$code"
}
