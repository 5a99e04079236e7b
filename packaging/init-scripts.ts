// Puts the init scripts together: one body, a header for each family of distributions and each stage of the boot.
// Run by itself, it writes dist/init: FAMILY/vmcontext.sh, FAMILY/vmcontext-final.sh, and the systemd units.

import {cp, mkdir, readFile, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {argv} from 'node:process'

const sources = join(import.meta.dirname, '..', 'init')

/** The families that differ in how a script tells its place in the boot. */
export const families = ['debian', 'redhat', 'suse'] as const
export type Family = (typeof families)[number]

/** The name under which each script stands in /etc/init.d. The first is the one of the OpenNebula 2.2 manual. */
export const scriptNames = {local: 'vmcontext.sh', final: 'vmcontext-final.sh'} as const
export type ScriptStage = keyof typeof scriptNames

/** Puts one init script together. */
export async function assembleInitScript(family: Family, stage: ScriptStage): Promise<string> {
  const header = await readFile(join(sources, 'sysv', `${family}-${stage}.header`), 'utf8')
  const body = await readFile(join(sources, 'sysv', 'body.sh'), 'utf8')
  return `${header}\nstage=${stage}\n\n${body}`
}

/** Writes every init script and unit under a directory. */
export async function writeInitFiles(directory: string): Promise<void> {
  for (const family of families) {
    await mkdir(join(directory, family), {recursive: true})
    for (const stage of ['local', 'final'] as const) {
      const path = join(directory, family, scriptNames[stage])
      await writeFile(path, await assembleInitScript(family, stage), {mode: 0o755})
    }
  }
  await cp(join(sources, 'systemd'), join(directory, 'systemd'), {recursive: true})
}

if (argv[1] === import.meta.filename) await writeInitFiles(join(import.meta.dirname, '..', 'dist', 'init'))
