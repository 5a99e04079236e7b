// Puts the init scripts together: what they have in common, and a header for each family of distributions and each
// stage of the boot. Run by itself, it writes dist/init: a directory for each family of SysV init, and openrc, systemd,
// upstart, udev, mdev, hot-plug, lxc.

import {cp, mkdir, readFile, writeFile} from 'node:fs/promises'
import {dirname, join} from 'node:path'
import {argv} from 'node:process'

const sources = join(import.meta.dirname, '..', 'init')

/** The families that differ in how a script of SysV init tells its place in the boot. */
export const families = ['debian', 'redhat', 'suse'] as const
export type Family = (typeof families)[number]

/** The name under which each script stands in /etc/init.d. The first is the one of the OpenNebula 2.2 manual. */
export const scriptNames = {local: 'vmcontext.sh', final: 'vmcontext-final.sh'} as const
export type ScriptStage = keyof typeof scriptNames

/** OpenRC takes a name that ends in .sh for no service (librc.c, rc_service_exists). */
export const openrcNames = {local: 'vmcontext', final: 'vmcontext-final'} as const

/** Where the helper of udev and mdev is installed. */
export const hotPlugPath = '/usr/lib/vmcontext/hot-plug'

/** Puts one script of SysV init together. */
export async function assembleInitScript(family: Family, stage: ScriptStage): Promise<string> {
  return assemble(`sysv/${family}-${stage}.header`, `stage=${stage}\n`, 'sysv/body.sh')
}

/** Puts one script of OpenRC together. */
export async function assembleOpenrcScript(stage: ScriptStage): Promise<string> {
  return assemble(`openrc/${stage}.header`, `stage=${stage}\n`, 'openrc/body.sh')
}

/** Puts together what udev and mdev call when something is plugged in. */
export async function assembleHotPlug(): Promise<string> {
  return assemble('hot-plug/header', '', 'hot-plug/body.sh')
}

/** Writes every init script, unit and rule under a directory. */
export async function writeInitFiles(directory: string): Promise<void> {
  const write = async (path: string, content: string) => {
    await mkdir(dirname(join(directory, path)), {recursive: true})
    await writeFile(join(directory, path), content, {mode: 0o755})
  }
  for (const stage of ['local', 'final'] as const) {
    for (const family of families) {
      await write(join(family, scriptNames[stage]), await assembleInitScript(family, stage))
    }
    await write(join('openrc', openrcNames[stage]), await assembleOpenrcScript(stage))
  }
  await write('hot-plug/hot-plug', await assembleHotPlug())
  for (const name of ['systemd', 'udev', 'mdev', 'lxc', 'upstart']) {
    await cp(join(sources, name), join(directory, name), {recursive: true})
  }
}

/** Header, what is different in this script, what is common to all, body. */
async function assemble(header: string, own: string, body: string): Promise<string> {
  const [first, common, last] = await Promise.all(
    [header, 'common.sh', body].map(path => readFile(join(sources, path), 'utf8')),
  )
  return [first, own, common, last].filter(part => part !== '').join('\n')
}

if (argv[1] === import.meta.filename) await writeInitFiles(join(import.meta.dirname, '..', 'dist', 'init'))
