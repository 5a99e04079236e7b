// Whether two contestants that are compared did the same: what a person would look at afterwards.

import type {Guest} from '../guests/guest.ts'
import type {Match} from './contestants.ts'
import {forget} from './guests.ts'
import {accountName, markPath} from './shell-way.ts'

/** Asks the programs that read the files; `network` lines, which 2.2 wrote and nobody needs, are left out. */
const look = `
  hostname; cat /etc/hostname; hostname --ip-address
  for path in /sys/class/net/eth*; do echo "\${path##*/}"; ifquery "\${path##*/}" | grep -v ^network: | sort; done
  getent passwd ${accountName}
  cd /home/${accountName} && stat -c '%n %U:%G %a' .ssh .ssh/authorized_keys && cat .ssh/authorized_keys
  sudo -n -l -U ${accountName} | tail -n 1
  cat ${markPath}`

/**
 * Lets both do their boot once.
 *
 * @throws Error if what is there afterwards differs.
 */
export async function assertSameOutcome(guest: Guest, {boot, shell}: Match): Promise<void> {
  const [one, other] = [await bootAndLook(guest, boot.argv), await bootAndLook(guest, shell.argv)]
  if (one !== other) throw new Error(`${boot.name}\n${one}\n${shell.name}\n${other}`)
}

async function bootAndLook(guest: Guest, argv: readonly string[]): Promise<string> {
  await guest.expect(['sh', '-c', `${forget}; exec "$@"`, 'sh', ...argv])
  return guest.expect(['sh', '-ec', look])
}
