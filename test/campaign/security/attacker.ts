// Somebody with a home on the guest who swaps things in it while root works there: a process of its own, on another
// processor if there is one.

import {type ChildProcess, spawn} from 'node:child_process'
import {once} from 'node:events'
import {readFileSync} from 'node:fs'
import {join} from 'node:path'
import {setTimeout as sleep} from 'node:timers/promises'

/** What is swapped; paths of this machine, without blanks (attacker.pl). */
export type Swap = readonly [kind: 'exchange' | 'move' | 'link', one: string, other: string]

export type Attacker = {
  /** Holds still, for whoever wants to see what came of it. */
  pause(): Promise<void>
  goOn(): void
  /** Ends, and says how many swaps came about. */
  stop(): Promise<number>
}

/** Starts swapping with the rights of a user. */
export async function startAttacker(uid: number, swaps: readonly Swap[]): Promise<Attacker> {
  const user = ['--reuid', `${uid}`, '--regid', `${uid}`, '--clear-groups', '--pdeathsig', 'KILL']
  const program = readFileSync(join(import.meta.dirname, 'attacker.pl'), 'utf8')
  // By its text: the user may not be able to read this repository.
  const child = spawn('setpriv', [...user, 'perl', '-e', program], {
    cwd: '/',
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  let said = ''
  child.stdout.setEncoding('utf8').on('data', text => {
    said += text
  })
  child.stdin.end(`${swaps.map(swap => `${swap.join(' ')}\n`).join('')}\n`)
  while (!said.includes('ready')) {
    if (child.exitCode !== null) throw new Error('the attacker did not start')
    await sleep(1)
  }
  return {
    pause: () => pause(child),
    goOn: () => void child.kill('SIGCONT'),
    async stop() {
      child.kill('SIGTERM')
      child.kill('SIGCONT')
      if (child.exitCode === null) await once(child, 'close')
      return Number(said.split('\n')[1])
    },
  }
}

async function pause(child: ChildProcess): Promise<void> {
  child.kill('SIGSTOP')
  while (stateOf(child) !== 'T') await sleep(0)
}

/** As the kernel has it (proc_pid_stat(5), field 3). */
function stateOf({pid}: ChildProcess): string | undefined {
  const line = readFileSync(`/proc/${pid}/stat`, 'utf8')
  return line.slice(line.lastIndexOf(')') + 2)[0]
}
