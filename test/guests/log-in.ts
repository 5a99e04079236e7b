// Logging in to a guest for real: its sshd decides.

import {readFile} from 'node:fs/promises'
import type {Guest} from './guest.ts'
import type {KeyPair} from './manual-context.ts'

/** Gives the guest a context with these variables; `vmcontext boot` then does what they ask for. */
export function setContext(guest: Guest, variables: Readonly<Record<string, string>>): Promise<void> {
  const lines = Object.entries(variables).map(([name, value]) => `${name}='${value}'\n`)
  return guest.writeFile('/context/context.sh', lines.join(''))
}

/** Starts sshd anew and tries to log in from the guest itself, with the key's private half. */
export async function logIn(guest: Guest, account: string, key: KeyPair): Promise<string> {
  await guest.writeFile('/root/key', await readFile(key.privateKeyFile, 'utf8'), 0o600)
  const script = `
    mkdir -p /run/sshd && ip link set lo up
    [ ! -e /run/sshd.pid ] || { kill "$(cat /run/sshd.pid)"; while [ -e /run/sshd.pid ]; do sleep 0.02; done; }
    /usr/sbin/sshd -E /root/sshd.log || exit
    while [ ! -e /run/sshd.pid ]; do sleep 0.02; done
    exec ssh -F none -i /root/key -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -o BatchMode=yes \\
      -o IdentitiesOnly=yes -o LogLevel=ERROR -o ConnectTimeout=20 "$1@127.0.0.1" id -un`
  const {stdout, stderr} = await guest.run(['sh', '-c', script, 'sh', account])
  return stdout.trim() || stderr.trim()
}

/** What ssh says then. */
export const refused = /Permission denied \(publickey/
