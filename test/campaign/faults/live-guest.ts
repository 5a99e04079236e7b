// A live guest that a fault is made in: what its context asks for, how it is seen whether that was done, and how it is
// booted.

import {readFileSync} from 'node:fs'
import {execa} from 'execa'
import type {StepName} from '../../../src/steps.ts'
import type {Guest} from '../../guests/guest.ts'
import {startGuest} from '../../guests/guest.ts'
import {makeKey} from '../../keys.ts'
import type {Ended} from './root-guest.ts'

const hash =
  '$6$saltsalt$TVLlQcbpFVof5W3Yz4DTP6gRstiNuHwwTt6GLc1E5n0U0aDehy0S5knV8wiOQSpT0Y77vwPZN.Pq.H91p5hVO1'
const key = makeKey('alice')

const contextText = [
  "SET_HOSTNAME='web'",
  "USERNAME='joe'",
  `SSH_PUBLIC_KEY='${key}'`,
  `CRYPTED_PASSWORD='${hash}'`,
  "ETH0_MAC='02:00:c0:a8:00:05'",
  "ETH0_IP='192.168.0.5'",
  "ETH0_GATEWAY='192.168.0.1'",
  "TIMEZONE='Europe/Berlin'",
  "START_SCRIPT='echo started >>/srv/start-script'",
  // No script may hold a test up for ten minutes.
  '',
].join('\n')

/** The files of the disc; init.sh is one for bash. */
export const discFiles: Readonly<Record<string, string>> = {
  'context.sh': contextText,
  'init.sh': '#!/bin/bash\necho init >>/srv/init\n',
}

const settings = 'SCRIPT_TIMEOUT=3\nCONTEXT_WAIT=0.5\nNIC_WAIT=0.5\nONLINE_WAIT=1\n'

/** Tells for each step, in the guest, whether its effect is there. */
const effects: Partial<Record<StepName, string>> = {
  network: 'grep -q 192.168.0.5 /etc/network/interfaces',
  hostname: 'grep -qx web /etc/hostname',
  account: 'grep -q ^joe: /etc/passwd',
  keys: `grep -qF '${key}' /home/joe/.ssh/authorized_keys`,
  password: "grep -qF 'joe:$6$saltsalt$' /etc/shadow",
  sudo: 'grep -q ^joe /etc/sudoers.d/90-vmcontext',
  'host-keys': 'test -s /etc/ssh/ssh_host_ed25519_key.pub',
  'time-zone': 'grep -qx Europe/Berlin /etc/timezone',
  'start-script': 'grep -q started /srv/start-script',
  scripts: 'grep -q init /srv/init',
}

/** Whom a boot of the guest leaves with nothing to wish for. */
export const allSteps = Object.keys(effects) as StepName[]

export async function startFaultyGuest(files: Readonly<Record<string, string>> = discFiles): Promise<Guest> {
  const nics = [{name: 'eth0', mac: '02:00:c0:a8:00:05'}]
  const guest = await startGuest({nics, disc: {label: 'CONTEXT', files}})
  await guest.expect(['sh', '-c', 'cat >/etc/vmcontext.conf'], {input: settings})
  // As an image has it that tzdata was installed in.
  await guest.expect([
    'sh',
    '-c',
    'mkdir -p /usr/share/zoneinfo/Europe; test -e /usr/share/zoneinfo/Europe/Berlin || printf "TZif2" >/usr/share/zoneinfo/Europe/Berlin; echo Etc/UTC >/etc/timezone',
  ])
  return guest
}

/** Runs a shell line in the guest. `wrapper`: words before the command that enters it, on this machine. */
export async function runIn(guest: Guest, line: string, wrapper: readonly string[] = []): Promise<Ended> {
  const enter = [
    '/usr/bin/nsenter',
    '--target',
    `${guest.pid}`,
    '--mount',
    '--uts',
    '--ipc',
    '--net',
    '--pid',
    '--',
  ]
  const [program, ...args] = [...wrapper, ...enter, '/bin/sh', '-c', line]
  const ended = await execa(program!, args, {
    env: {PATH: '/usr/sbin:/usr/bin:/sbin:/bin', HOME: '/root'},
    extendEnv: false,
    stdin: 'ignore',
    reject: false,
    timeout: 120_000,
    killSignal: 'SIGKILL',
  })
  return {
    status: ended.exitCode ?? null,
    signal: ended.signal ?? null,
    stdout: `${ended.stdout}\n`,
    stderr: ended.stderr,
  }
}

/** The steps whose effect is not there. */
export async function listUndone(guest: Guest): Promise<StepName[]> {
  const lines = Object.entries(effects).map(([step, check]) => `${check} 2>/dev/null || echo ${step}`)
  const {stdout} = await runIn(guest, `PATH=/usr/sbin:/usr/bin:/sbin:/bin; ${lines.join('\n')}`)
  return stdout.split('\n').filter(Boolean) as StepName[]
}

/** What a program of this machine that the kernel counts for may be told by; undefined where there is none. */
export function readFirstLine(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8').split('\n')[0]
  } catch {
    return undefined
  }
}
