// Makes the .deb, with dpkg-deb alone: the tree, the control file, the scripts of the maintainer.

import {execFile} from 'node:child_process'
import {createHash} from 'node:crypto'
import {chmod, copyFile, mkdir, mkdtemp, readFile, rm, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {promisify} from 'node:util'
import type {Architecture} from '../base.ts'
import {type Contents, collectContents, data, stage} from '../packages/contents.ts'
import {readNeeds} from '../packages/elf.ts'
import {identity, release} from '../packages/identity.ts'
import type {PackageOrder} from '../packages/order.ts'
import {collectDebianContents} from './contents.ts'
import {listDepends} from './depends.ts'

const architectures: Record<Architecture, string> = {x64: 'amd64', arm64: 'arm64'}
const scripts = ['preinst', 'postinst', 'prerm', 'postrm'] as const

/** What some steps use where it is there. Not recommended: apt would install it. */
const suggests = ['cloud-guest-utils', 'openssh-server', 'sudo', 'xfsprogs', 'lvm2']

/** Makes the package and gives its path. */
export async function makeDeb(order: PackageOrder): Promise<string> {
  const {version, architecture, executable, copyright, date, directory} = order
  const contents: Contents = {
    ...(await collectContents(executable)),
    ...(await collectDebianContents(version, date)),
    '/usr/share/doc/vmcontext/copyright': data(copyright),
  }
  const work = await mkdtemp(join(tmpdir(), 'vmcontext-deb-'))
  const output = join(directory, debName(version, architecture))
  try {
    await writeControl(join(work, 'DEBIAN'), contents, order)
    await stage(contents, work, date)
    const format = [`-Z${order.compression === 'none' ? 'none' : 'xz'}`, '--root-owner-group']
    const env = {...process.env, SOURCE_DATE_EPOCH: `${date}`}
    await promisify(execFile)('dpkg-deb', [...format, '--build', work, output], {env})
  } finally {
    await rm(work, {recursive: true})
  }
  return output
}

/** `vmcontext_0.1.0-1_amd64.deb`. */
export function debName(version: string, architecture: Architecture): string {
  return `${identity.name}_${version}-${release}_${architectures[architecture]}.deb`
}

async function writeControl(directory: string, contents: Contents, order: PackageOrder): Promise<void> {
  await mkdir(directory)
  const bytes = await readAll(contents)
  const configurations = Object.keys(contents).filter(path => contents[path]!.configuration)
  await writeFile(join(directory, 'control'), await renderControl(order, installedSize(bytes)))
  await writeFile(join(directory, 'conffiles'), configurations.map(path => `${path}\n`).join(''))
  await writeFile(join(directory, 'md5sums'), renderSums(bytes, configurations))
  for (const name of scripts) {
    await copyFile(join(import.meta.dirname, name), join(directory, name))
    await chmod(join(directory, name), 0o755)
  }
}

async function renderControl(order: PackageOrder, size: number): Promise<string> {
  const {name, summary, description, maintainer, conflicts} = identity
  const paragraphs = description.map(lines => lines.map(line => ` ${line}\n`).join(''))
  return `Package: ${name}
Version: ${order.version}-${release}
Section: admin
Priority: optional
Architecture: ${architectures[order.architecture]}
Maintainer: ${maintainer.name} <${maintainer.mail}>
Installed-Size: ${size}
Depends: ${listDepends(await readNeeds(order.executable)).join(', ')}
Suggests: ${suggests.join(', ')}
Conflicts: ${conflicts.join(', ')}
Description: ${summary}
${paragraphs.join(' .\n')}`
}

type Bytes = Map<string, Uint8Array>

async function readAll(contents: Contents): Promise<Bytes> {
  const entries = Object.entries(contents).map(async ([path, {content}]): Promise<[string, Uint8Array]> => {
    if (typeof content === 'string') return [path, Buffer.from(content)]
    return [path, 'copyOf' in content ? await readFile(content.copyOf) : content]
  })
  return new Map(await Promise.all(entries))
}

/** In KiB, each file rounded up (deb-substvars(5)). */
function installedSize(bytes: Bytes): number {
  return [...bytes.values()].reduce((sum, {length}) => sum + Math.ceil(length / 1024), 0)
}

/** dpkg keeps the sums of configuration files itself. */
function renderSums(bytes: Bytes, configurations: readonly string[]): string {
  const files = [...bytes]
    .filter(([path]) => !configurations.includes(path))
    .sort(([one], [other]) => (one < other ? -1 : 1))
  const lines = files.map(
    ([path, content]) => `${createHash('md5').update(content).digest('hex')}  ${path.slice(1)}\n`,
  )
  return lines.join('')
}
