// Collects what the agent installs besides itself. The build carries it inside the executable.

import {mkdtemp, readdir, readFile, rm} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {describeProgram} from '../src/cli/command-line.ts'
import {renderBash, renderFish, renderZsh} from '../src/cli/completions.ts'
import {writeInitFiles} from './init-scripts.ts'
import {renderAliases, renderManual} from './manual.ts'

const manual = join(import.meta.dirname, 'man')
const schemas = join(import.meta.dirname, 'schema')

/** Gives the texts by path: `systemd/vmcontext-local.service`, `debian/vmcontext.sh`, `man/vmcontext.8`. */
export async function collectPayload(): Promise<Record<string, string>> {
  const directory = await mkdtemp(join(tmpdir(), 'vmcontext-payload-'))
  try {
    await writeInitFiles(directory)
    return {
      ...(await readAll(directory, '')),
      ...(await renderManuals()),
      ...(await readAll(schemas, 'schema/')),
      ...renderAllCompletions(),
      'vmcontext.conf': await readFile(join(import.meta.dirname, 'vmcontext.conf'), 'utf8'),
    }
  } finally {
    await rm(directory, {recursive: true})
  }
}

/** The pages by path, with what the command line says of itself. */
export async function renderManuals(): Promise<Record<string, string>> {
  const program = describeProgram()
  const sources = await readAll(manual, '')
  const pages = Object.entries(sources).map(
    ([name, source]) => [name, renderManual(source, program)] as const,
  )
  const all = {...Object.fromEntries(pages), ...renderAliases(sources, program)}
  return Object.fromEntries(Object.entries(all).map(([name, text]) => [`man/${name}`, text]))
}

/** What the shells complete, of the command line as it is. */
function renderAllCompletions(): Record<string, string> {
  const program = describeProgram()
  return {
    'completions/vmcontext.bash': renderBash(program),
    'completions/_vmcontext': renderZsh(program),
    'completions/vmcontext.fish': renderFish(program),
  }
}

async function readAll(directory: string, prefix: string): Promise<Record<string, string>> {
  const entries = await readdir(directory, {recursive: true, withFileTypes: true})
  const texts: Record<string, string> = {}
  for (const entry of entries.filter(entry => entry.isFile()).sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = join(entry.parentPath, entry.name)
    texts[`${prefix}${path.slice(directory.length + 1)}`] = await readFile(path, 'utf8')
  }
  return texts
}
