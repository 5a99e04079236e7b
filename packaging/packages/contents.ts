// What both kinds of package put into a root, by path.

import {chmod, copyFile, mkdir, readdir, utimes, writeFile} from 'node:fs/promises'
import {dirname, join} from 'node:path'
import {gzipSync} from 'node:zlib'
import {hotPlugPath} from '../init-scripts.ts'
import {collectPayload} from '../payload.ts'

/** A file of a package: its content, or where that is to be copied from. */
export type PackagedFile = {
  content: string | Uint8Array | {copyOf: string}
  mode: 0o644 | 0o755
  /** The owner of the image may edit it, and an upgrade keeps that. */
  configuration?: boolean
}
export type Contents = Record<string, PackagedFile>

/** Gives what is the same wherever it is installed. */
export async function collectContents(executable: string): Promise<Contents> {
  const payload = await collectPayload()
  return {
    '/usr/sbin/vmcontext': {content: {copyOf: executable}, mode: 0o755},
    [hotPlugPath]: program(payload['hot-plug/hot-plug']!),
    '/etc/vmcontext.conf': {...data(payload['vmcontext.conf']!), configuration: true},
    '/usr/lib/udev/rules.d/70-vmcontext.rules': data(payload['udev/70-vmcontext.rules']!),
    ...below(payload, 'systemd/', name => [`/usr/lib/systemd/system/${name}`, data]),
    ...below(payload, 'man/', name => [`/usr/share/man/man${name.at(-1)}/${name}.gz`, compressed]),
    ...below(payload, 'schema/', name => [`/usr/share/doc/vmcontext/schema/${name}`, data]),
  }
}

/** Places the files of a folder of the payload. */
export function below(
  payload: Readonly<Record<string, string>>,
  folder: string,
  place: (name: string) => [path: string, make: (text: string) => PackagedFile],
): Contents {
  const texts = Object.entries(payload).filter(([path]) => path.startsWith(folder))
  return Object.fromEntries(
    texts.map(([path, text]) => {
      const [to, make] = place(path.slice(folder.length))
      return [to, make(text)]
    }),
  )
}

export function program(text: string): PackagedFile {
  return {content: text, mode: 0o755}
}

export function data(text: string): PackagedFile {
  return {content: text, mode: 0o644}
}

/** As `gzip -9n` does: without a time. */
export function compressed(text: string): PackagedFile {
  return {content: gzipSync(text, {level: 9}), mode: 0o644}
}

/** Writes the files below a directory, every file and directory with the same time (in seconds). */
export async function stage(contents: Contents, directory: string, date: number): Promise<void> {
  for (const [path, {content, mode}] of Object.entries(contents)) {
    const target = join(directory, path)
    await mkdir(dirname(target), {recursive: true})
    if (typeof content === 'object' && 'copyOf' in content) await copyFile(content.copyOf, target)
    else await writeFile(target, content)
    await chmod(target, mode)
  }
  await settleTimes(directory, date)
}

async function settleTimes(directory: string, date: number): Promise<void> {
  for (const entry of await readdir(directory, {withFileTypes: true})) {
    const path = join(directory, entry.name)
    if (entry.isDirectory()) await settleTimes(path, date)
    else await utimes(path, date, date)
  }
  await chmod(directory, 0o755)
  await utimes(directory, date, date)
}
