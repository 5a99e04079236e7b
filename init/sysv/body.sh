# vmcontext: configures this machine from what the cloud says about it.
#
# Two scripts share this body; the line above says which one this is.
#
#   local  vmcontext.sh, before any network service: network files, host name, account, keys. Installed alone, as
#          the OpenNebula 2.2 manual has it (copied to /etc/init.d, linked as /etc/rc2.d/S01vmcontext.sh), it does
#          both stages. Where vmcontext-final.sh is enabled too, it leaves the second stage to that one.
#   final  vmcontext-final.sh, last in the boot: what needs the network, and the context's own scripts.
#
# Debian: `insserv vmcontext.sh`, or `update-rc.d vmcontext.sh defaults`, links it into S, where the network is still
# to come, and into 2 to 5, where it does the rest: an init.sh of 2.2 that calls ifconfig before ifup has its turn
# makes ifup fail. The manual's link works too, as a symbolic one that insserv has seen:
# `ln -s ../init.d/vmcontext.sh /etc/rc2.d/S01vmcontext.sh && insserv`. Without that it is dead: only what is in
# /etc/init.d/.depend.* is started, and a hard link never gets there.
#
# upstart (Ubuntu 9.10 to 14.10) reads no headers and has jobs of its own: init/upstart.
#
# A boot never fails because of this script: it exits 0 and says what happened. Only `status` answers with its code.

# The final script takes over its stage only if it is linked into a runlevel: a mere copy would never be run.
final_is_enabled() {
  for link in /etc/rc[2345].d/S[0-9][0-9]"$name"-final* /etc/init.d/rc[2345].d/S[0-9][0-9]"$name"-final* \
    /etc/init.d/S[0-9][0-9]"$name"-final*; do
    [ -x "$link" ] && return 0
  done
  return 1
}

# Debian's rc tells its scripts the runlevel. The network is brought up at the end of S.
network_is_to_come() {
  [ "${runlevel-}" = S ]
}

start() {
  is_ready || return
  # Scripts of a context may take ten minutes each; the bound of a stage that runs some is for an agent that hangs.
  if [ "$stage" = final ]; then
    run_agent 1800 boot --stage final
  elif network_is_to_come; then
    run_agent 60 boot --stage local
  elif ! final_is_enabled; then
    run_agent 1860 boot
  elif ! ran_in_this_boot; then
    # Otherwise it was linked into S as well.
    run_agent 60 boot --stage local
  fi
}

case ${1-start} in
  start)
    start
    ;;
  stop | restart | reload | force-reload | try-restart | condrestart)
    # Nothing runs on, and an address must not change under a machine that is going down or being upgraded.
    ;;
  status)
    if ran_in_this_boot; then
      say "ran in this boot; its report is $report"
    else
      say 'has not run in this boot'
      exit 3
    fi
    ;;
  *)
    echo "Usage: $0 {start|stop|restart|force-reload|status}" >&2
    ;;
esac
exit 0
