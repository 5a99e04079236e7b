note=/run/vmcontext/changed
lock=/run/vmcontext/lock

# So long nothing more should come before the agent runs: a card and the disc that describes it come one by one.
settle_seconds=2
# While another agent is at work, e.g. one started by hand, it is tried again: for ten minutes.
tries_limit=300

# udev's rules ask for the same; mdev cannot say all of it. Nothing virtual: containers plug in cards by the dozen.
is_of_interest() {
  case "${SUBSYSTEM-}:${DEVPATH-}" in
    net:*/virtual/*) return 1 ;;
    net:*) [ -z "${DEVTYPE-}" ] ;;
    *) [ "${ACTION-}" != remove ] ;;
  esac
}

# The report of this boot names the stage once it is done.
boot_is_over() {
  ran_in_this_boot && grep -q '^ *"final"' "$report"
}

has_systemd() {
  [ -d /run/systemd/system ]
}

# In a session of its own where there is a program for that; with no output, for whose end udev would wait.
work_in_background() {
  if setsid true 2>/dev/null; then
    setsid "$0" work </dev/null >/dev/null 2>&1 &
  else
    "$0" work </dev/null >/dev/null 2>&1 &
  fi
}

resume() {
  if [ -e "$note" ] && ! has_systemd && boot_is_over; then work_in_background; fi
}

# Takes the note. Of several at once only one gets it.
take_note() {
  mv "$note" "$note.$$" 2>/dev/null && rm -f "$note.$$"
}

work() {
  tries=0
  while [ -e "$note" ]; do
    sleep "$settle_seconds"
    take_note || return 0
    # A card that is still to come leaves a note of its own.
    "$binary" boot --quiet --set NIC_WAIT=0 </dev/null
    code=$?
    # 3 beside a lock: another one is at work, and may have looked before this change.
    if [ "$code" = 3 ] && [ -e "$lock" ] && [ "$tries" -lt "$tries_limit" ]; then
      tries=$((tries + 1))
      : >"$note"
    fi
  done
  return "${code-0}"
}

case ${1-event} in
  event)
    is_of_interest || exit 0
    # Made by the first run of the agent in this boot, which sees for itself what was there before.
    [ -d "${note%/*}" ] || exit 0
    : >"$note"
    resume
    ;;
  resume) resume ;;
  work) work ;;
  *)
    echo "Usage: $0 [event|resume|work]" >&2
    exit 2
    ;;
esac
