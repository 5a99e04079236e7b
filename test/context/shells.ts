// The yardstick: what real shells give the variables of a file. Where the reader differs on purpose: differences.ts.

import assert from 'node:assert/strict'
import {spawn} from 'node:child_process'
import {writeFileSync} from 'node:fs'
import {chmod, mkdir, mkdtemp, rm} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join, relative} from 'node:path'
import {guard} from './shell-jail.ts'

/** A file, one character per byte, and the names in it as they are written there. */
export type Sample = {text: string; names: readonly string[]}

/** The values that a shell gave, by name; names that are unset have none. */
export type Values = ReadonlyMap<string, string>

export type ShellName = keyof typeof shells

const shells = {
  bash: ['/bin/bash', '--norc', '--noprofile'],
  dash: ['/bin/dash'],
} as const satisfies Record<string, readonly [string, ...string[]]>

/** So many files are read by one start of a shell, each in a subshell, and so many shells run at once. */
const filesAtOnce = 200
const startsAtOnce = 2

/** Has a shell read files, each with all its names unset before. `see` is told each directory before it goes. */
export async function readWithShell(
  shell: ShellName,
  samples: readonly Sample[],
  see: (directory: string) => void = () => {},
): Promise<readonly Values[]> {
  const values = await readInBatches(samples, tmpdir(), see, (batch, directory) => {
    const script = batch.map(({names}, index) => {
      const unset = names.length === 0 ? '' : `unset ${names.join(' ')}; `
      return `( ${unset}. ./${index} >&2; ${dump(index, names)} )\n`
    })
    return start(directory, script.join(''), [...shells[shell], './script'])
  })
  return values.map((value, index) => {
    assert.ok(value, `${shell} printed nothing for ${JSON.stringify(samples[index])}`)
    return value
  })
}

/**
 * Has bash read files of which nobody knows what they would run, in a jail (shell-jail.ts) and with builtins that do
 * nothing, as nothing is to be run. Undefined where bash did not come to the end of a file.
 */
export async function readInJail(
  jail: string,
  samples: readonly Sample[],
): Promise<readonly (Values | undefined)[]> {
  return readInBatches(samples, jail, undefined, (batch, directory) => {
    const script = batch.map(({names}, index) => {
      const unset = names.length === 0 ? '' : `builtin unset -v ${names.join(' ')}; `
      return `( builtin ulimit -t 1; ${unset}builtin . ./${index} >&2; builtin ${dump(index, names)} )\n`
    })
    const command = [...shells.bash, './script']
    return start(directory, `${silence}\n${script.join('')}`, guard(jail, relative(jail, directory), command))
  })
}

/** Builtins that do nothing. `export` stays: it is no command to the reader. */
const silence = `for name in $(compgen -b)
do case $name in export | builtin) ;; *) builtin eval "function $name { [[ x ]]; }" ;; esac; done
builtin unset name`

type Batch = (samples: readonly Sample[], directory: string) => Promise<Buffer>

/** Reads some files at a time, each batch in a directory of its own. */
async function readInBatches(
  samples: readonly Sample[],
  place: string,
  see: ((directory: string) => void) | undefined,
  read: Batch,
): Promise<readonly (Values | undefined)[]> {
  const directory = await mkdtemp(join(place, 'vmcontext-shell-'))
  const values: (Values | undefined)[] = []
  try {
    await chmod(directory, 0o755)
    let next = 0
    const work = async () => {
      while (next < samples.length) {
        const [first, batch] = [next, samples.slice(next, next + filesAtOnce)]
        next += filesAtOnce
        for (const [index, value] of (
          await readBatch(batch, join(directory, `${first}`), see, read)
        ).entries())
          values[first + index] = value
      }
    }
    await Promise.all(Array.from({length: startsAtOnce}, work))
    return values
  } finally {
    // A `<(…)` may still be running.
    await rm(directory, {recursive: true, maxRetries: 5})
  }
}

async function readBatch(
  samples: readonly Sample[],
  directory: string,
  see: ((directory: string) => void) | undefined,
  read: Batch,
): Promise<readonly (Values | undefined)[]> {
  await mkdir(directory)
  for (const [index, {text}] of samples.entries()) writeFileSync(join(directory, `${index}`), text, 'latin1')
  const output = await read(samples, directory)
  see?.(directory)
  await rm(directory, {recursive: true, maxRetries: 5})
  const answers = new TextDecoder('utf-8', {ignoreBOM: true}).decode(output).split('\0')
  const starts = new Map(answers.map((answer, position) => [answer, position]))
  return samples.map(({names}, index) => {
    const start = starts.get(`#${index}`)
    if (start === undefined) return undefined
    const given = names.map((name, position) => [name, answers[start + position + 1]!] as const)
    return new Map(
      given.filter(([, answer]) => answer !== '').map(([name, answer]) => [name, answer.slice(1)]),
    )
  })
}

/** The command that prints a mark, then each variable of a file: nothing if it is unset, else `=` and its value. */
function dump(index: number, names: readonly string[]): string {
  return `printf '%s\\0' '#${index}' ${names.map(name => `"\${${name}+=}$${name}"`).join(' ')}`
}

async function start(cwd: string, script: string, words: readonly string[]): Promise<Buffer> {
  writeFileSync(join(cwd, 'script'), script)
  const child = spawn(words[0]!, words.slice(1), {cwd, env: {}, stdio: ['ignore', 'pipe', 'ignore']})
  const chunks: Buffer[] = []
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk))
  await new Promise((resolve, reject) => child.on('close', resolve).on('error', reject))
  return Buffer.concat(chunks)
}
