// A guest of two NICs with ifupdown, whose network service has run.

import {formatContext} from '../matrix/features.ts'
import {type Guest, startGuest} from './guest.ts'

/** Starts it, configured from a context of these variables. */
export async function startRunning(variables: Readonly<Record<string, string>>): Promise<Guest> {
  const guest = await startGuest({nics})
  await guest.writeFile('/context/context.sh', formatContext({variables}))
  await guest.expect(['vmcontext', 'boot', '--stage', 'local'])
  await guest.expect(['ifup', '-a'])
  return guest
}

const nics = [
  {name: 'eth0', mac: '02:00:c0:a8:00:05', wire: ['192.168.0.1/24']},
  {name: 'eth1', mac: '02:00:0a:00:00:05', wire: ['10.0.0.1/24']},
]
