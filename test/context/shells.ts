// The yardstick: what real shells give the variables of a file.

import assert from 'node:assert/strict'
import {spawn} from 'node:child_process'
import {mkdir, mkdtemp, rm, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'

/** A file, one character per byte, and the names in it as they are written there. */
export type Sample = {text: string; names: readonly string[]}

/** The values that a shell gave, by name; names that are unset have none. */
export type Values = ReadonlyMap<string, string>

const shells = {
  bash: ['/bin/bash', '--norc', '--noprofile'],
  dash: ['/bin/dash'],
} as const satisfies Record<string, readonly [string, ...string[]]>

export type ShellName = keyof typeof shells

/** So many files are read by one start of a shell, each in a subshell. */
const filesAtOnce = 100

/** Has a shell read files, each with all its names unset before. `see` is told the directory they ran in. */
export async function readWithShell(
  shell: ShellName,
  samples: readonly Sample[],
  see: (directory: string) => void = () => {},
): Promise<readonly Values[]> {
  const directory = await mkdtemp(join(tmpdir(), 'vmcontext-shell-'))
  try {
    const starts = []
    for (let first = 0; first < samples.length; first += filesAtOnce) {
      starts.push(readBatch(shell, samples.slice(first, first + filesAtOnce), join(directory, `${first}`)))
    }
    const values = (await Promise.all(starts)).flat()
    see(directory)
    return values
  } finally {
    // A `<(…)` may still be running.
    await rm(directory, {recursive: true, maxRetries: 5})
  }
}

async function readBatch(
  shell: ShellName,
  samples: readonly Sample[],
  directory: string,
): Promise<readonly Values[]> {
  await mkdir(directory)
  const files = samples.map(({text}, index) => writeFile(join(directory, `${index}`), text, 'latin1'))
  await Promise.all(files)
  const reads = samples.map(({names}, index) => {
    const dump = names.map(name => `"\${${name}+=}$${name}"`).join(' ')
    return `( unset ${names.join(' ')}; . ./${index} >&2; printf '%s\\0' '#${index}' ${dump} )\n`
  })
  const output = await run(shell, reads.join(''), directory)
  const answers = new TextDecoder('utf-8', {ignoreBOM: true}).decode(output).split('\0')
  return samples.map(({names}, index) => {
    const start = answers.indexOf(`#${index}`) + 1
    assert.notEqual(start, 0, `${shell} printed nothing for ${JSON.stringify(samples[index])}`)
    const given = names.map((name, position) => [name, answers[start + position]!] as const)
    return new Map(
      given.filter(([, answer]) => answer !== '').map(([name, answer]) => [name, answer.slice(1)]),
    )
  })
}

async function run(shell: ShellName, script: string, cwd: string): Promise<Buffer> {
  await writeFile(join(cwd, 'script'), script)
  const [file, ...options] = shells[shell]
  const child = spawn(file, [...options, './script'], {cwd, env: {}, stdio: ['ignore', 'pipe', 'ignore']})
  const chunks: Buffer[] = []
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk))
  await new Promise((resolve, reject) => child.on('close', resolve).on('error', reject))
  return Buffer.concat(chunks)
}
