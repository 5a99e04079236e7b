// Collects what the agent installs besides itself. The build carries it inside the executable.

import {mkdtemp, readdir, readFile, rm} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {describeProgram} from '../src/cli/command-line.ts'
import {renderBash, renderFish, renderZsh} from '../src/cli/completions.ts'
import {writeInitFiles} from './init-scripts.ts'

const manual = join(import.meta.dirname, 'man')

/** Gives the texts by path: `systemd/vmcontext-local.service`, `debian/vmcontext.sh`, `man/vmcontext.8`. */
export async function collectPayload(): Promise<Record<string, string>> {
  const directory = await mkdtemp(join(tmpdir(), 'vmcontext-payload-'))
  try {
    await writeInitFiles(directory)
    return {
      ...(await readAll(directory, '')),
      ...(await readAll(manual, 'man/')),
      ...renderAllCompletions(),
      'vmcontext.conf': await readFile(join(import.meta.dirname, 'vmcontext.conf'), 'utf8'),
    }
  } finally {
    await rm(directory, {recursive: true})
  }
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
