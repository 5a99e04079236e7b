note=/run/vmcontext/changed
lock=/run/vmcontext/lock
guestinfo_sum=/run/vmcontext/guestinfo.sum

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

# The report of this boot names the stage once it is done. A run of single steps (--only) is not the boot.
boot_is_over() {
  ran_in_this_boot &&
    tr -d ' \n' <"$report" | sed 's/"stages":[^]]*],"only"//g' | grep -q '"stages":[^]]*"final"'
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

note_change() {
  # Made by the first run of the agent in this boot, which sees for itself what was there before.
  [ -d "${note%/*}" ] || return 0
  : >"$note"
  resume
}

ask_vmware() {
  if command -v vmtoolsd >/dev/null; then
    vmtoolsd --cmd "$1" 2>/dev/null
  else
    vmware-rpctool "$1" 2>/dev/null
  fi
}

# The context goes through a pipe and nowhere else; of it a check sum stays, and nothing of no answer.
poll_guestinfo() {
  sum=$(ask_vmware 'info-get guestinfo.opennebula.context' | cksum)
  [ "${sum##* }" -gt 1 ] || return 0
  [ "$sum" = "$(cat "$guestinfo_sum" 2>/dev/null)" ] && return
  [ -d "${note%/*}" ] || return 0
  (umask 077 && echo "$sum" >"$guestinfo_sum")
  note_change
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
    note_change
    ;;
  poll) poll_guestinfo ;;
  resume) resume ;;
  work) work ;;
  *)
    echo "Usage: $0 [event|poll|resume|work]" >&2
    exit 2
    ;;
esac
