// What systemd starts of the agent.

/** The units that are enabled for every kind of guest. */
export const units = [
  'vmcontext-local.service',
  'vmcontext-final.service',
  'vmcontext-reconfigure.path',
  'vmcontext-changed.service',
  'vmcontext-guestinfo.timer',
]
