// Random contexts planned for a dialect, and their files as one archive for a guest: hundreds of cases a start.

import {execFileSync} from 'node:child_process'
import {mkdirSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {dirname, join} from 'node:path'
import type {Link} from '../../src/facts/network/links.ts'
import type {Network} from '../../src/network/model.ts'
import {formatVariables, randomContext} from '../network/random-context.ts'
import type {Planner} from '../network/random-guest.ts'
import {Random} from '../random.ts'
import type {Guest} from './guest.ts'

export type ConsumerCase = {
  seed: number
  context: string
  links: readonly Link[]
  network: Network
  files: Readonly<Record<string, string>>
}

/** Plans cases in which some NIC gets something. Every device has a name of its own. */
export function makeCases(
  plan: Planner,
  seed: number,
  count: number,
  files?: Readonly<Record<string, string>>,
): ConsumerCase[] {
  const cases: ConsumerCase[] = []
  for (let next = seed; cases.length < count; next++) {
    const {variables, links} = randomContext(new Random(next), (next % 46_656).toString(36).padStart(3, '0'))
    const context = formatVariables(variables)
    const planned = plan(context, links, files)
    if (planned.network.nics.length > 0) {
      cases.push({seed: next, context, links, network: planned.network, files: planned.files})
    }
  }
  return cases
}

/** Puts the files of each case below /cases/NUMBER in the guest, with the modes that they want. */
export async function unpackCases(guest: Guest, cases: readonly ConsumerCase[]): Promise<void> {
  const scratch = mkdtempSync(join(tmpdir(), 'vmcontext-cases-'))
  try {
    for (const [index, {files}] of cases.entries()) {
      for (const [path, text] of Object.entries(files)) {
        const target = join(scratch, `${index}`, path)
        mkdirSync(dirname(target), {recursive: true})
        writeFileSync(target, text, {encoding: 'latin1', mode: 0o600})
      }
    }
    const archive = execFileSync('tar', ['-c', '-C', scratch, '.'], {maxBuffer: 2 ** 30})
    const script = 'rm -rf /cases; mkdir /cases; tar -x -C /cases --no-same-owner'
    await guest.expect(['sh', '-ec', script], {input: archive})
  } finally {
    rmSync(scratch, {recursive: true})
  }
}

/** Runs a command for each case, in its directory, and gives what each wrote to either output. */
export async function runForEach(guest: Guest, count: number, command: string): Promise<string[]> {
  const script = `cd /cases
for number in $(seq 0 ${count - 1}); do
  echo "=== $number"; (cd "$number"; ${command}) 2>&1 || echo "failed: $?"
done`
  const output = await guest.expect(['sh', '-c', script], {timeoutMs: 300_000})
  return output.split(/^=== \d+\n/m).slice(1)
}

/** The message of a failure: how to make the case again, and what was read. */
export function tellCase({seed, context, files}: ConsumerCase): string {
  const texts = Object.entries(files).map(([path, text]) => `== ${path}\n${text}`)
  return `VMCONTEXT_SEED=${seed}\n${context}\n${texts.join('\n')}`
}
