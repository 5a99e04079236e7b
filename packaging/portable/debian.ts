// Files from Debian packages of any architecture, without installing them: apt fetches and verifies, with lists of its
// own, from the mirrors that this machine itself uses.

import {execFile} from 'node:child_process'
import {existsSync} from 'node:fs'
import {mkdir, readdir, readFile, readlink, stat, writeFile} from 'node:fs/promises'
import {basename, join} from 'node:path'
import {promisify} from 'node:util'
import {type Architecture, cache} from '../base.ts'

const run = promisify(execFile)
const keyring = '/usr/share/keyrings/debian-archive-keyring.gpg'
const day = 24 * 60 * 60 * 1000

/** Debian's names of the architectures. */
const debianNames: Record<Architecture, string> = {x64: 'amd64', arm64: 'arm64'}

/** A package whose files lie in a tree; `source` is what its files are built from. */
export type DebianPackage = {name: string; version: string; source: {name: string; version: string}}

/** The tree and what is in it. */
export type DebianFiles = {directory: string; packages: DebianPackage[]; suite: string}

/** Unpacks packages of this machine's release of Debian into a directory, and those that hold their licences too. */
export async function unpackDebian(
  architecture: Architecture,
  names: readonly string[],
  directory: string,
): Promise<DebianFiles> {
  const suite = await readSuite()
  const place = join(cache, `debian-${suite}-${architecture}`)
  const apt = await openApt(place, suite, debianNames[architecture])
  const packages: DebianPackage[] = []
  for (let left = names; left.length > 0; ) {
    for (const file of await apt.download(left)) {
      await run('dpkg-deb', ['--extract', file, directory])
      packages.push(await readPackage(file))
    }
    left = await findDocumenters(directory, packages)
  }
  return {directory, packages, suite}
}

/** The documentation of a package may lie in another one's, to which a link leads. */
async function findDocumenters(directory: string, packages: readonly DebianPackage[]): Promise<string[]> {
  const links = packages.map(({name}) => readlink(join(directory, 'usr/share/doc', name)))
  const targets = (await Promise.allSettled(links)).flatMap(link =>
    link.status === 'fulfilled' ? [basename(link.value)] : [],
  )
  return [...new Set(targets)].filter(target => !packages.some(({name}) => name === target))
}

async function readSuite(): Promise<string> {
  const text = await readFile('/etc/os-release', 'utf8').catch(() => '')
  const suite = /^VERSION_CODENAME=(\w+)$/m.exec(text)?.[1]
  if (suite === undefined || !/^ID=debian$/m.test(text)) {
    throw new Error(
      'the portable form is put together on Debian, from whose packages its libraries are taken',
    )
  }
  return suite
}

/** An apt that knows one architecture and nothing of what is installed here. */
async function openApt(place: string, suite: string, architecture: string) {
  const at = (name: string) => join(place, name)
  for (const name of ['lists/partial', 'cache/archives/partial', 'debs'])
    await mkdir(at(name), {recursive: true})
  await writeFile(at('sources.list'), await findSources(suite))
  const options = [
    `APT::Architecture=${architecture}`,
    `APT::Architectures=${architecture}`,
    `Dir::State::Lists=${at('lists')}`,
    'Dir::State::status=/dev/null',
    `Dir::Cache=${at('cache')}`,
    `Dir::Etc::SourceList=${at('sources.list')}`,
    'Dir::Etc::SourceParts=/dev/null',
    'Dir::Etc::Preferences=/dev/null',
    'Dir::Etc::PreferencesParts=/dev/null',
    // It would have to be let into this directory.
    'APT::Sandbox::User=root',
  ].flatMap(option => ['-o', option])
  const debs = at('debs')
  // Two builds may want the same at the same time.
  const command = [at('lock'), 'apt-get', '-qq', ...options]
  const aptGet = (cwd: string, ...words: string[]) => run('flock', [...command, ...words], {cwd})
  await updateDaily(place, () => aptGet(place, '-oAPT::Update::Error-Mode=any', 'update'))
  return {
    /** Gives the paths of the newest packages of these names. */
    async download(names: readonly string[]): Promise<string[]> {
      // Elsewhere than where the files may lie already: of those it would say nothing.
      const {stdout} = await aptGet(place, 'download', '--print-uris', ...names)
      const files = Array.from(stdout.matchAll(/' (\S+\.deb) /g), ([, file]) => join(debs, file!))
      if (!files.every(file => existsSync(file))) await aptGet(debs, 'download', ...names)
      // apt names them in any order.
      return files.sort()
    },
  }
}

/** Once a day it is asked what is new; where nobody answers, what is here has to do. */
async function updateDaily(place: string, update: () => Promise<unknown>): Promise<void> {
  const mark = join(place, 'updated')
  const age = await stat(mark).then(
    ({mtimeMs}) => Date.now() - mtimeMs,
    () => Number.POSITIVE_INFINITY,
  )
  if (age < day) return
  try {
    await update()
    await writeFile(mark, '')
  } catch (error) {
    if (age === Number.POSITIVE_INFINITY) throw error
    console.log(`apt-get update failed; the libraries are those of the last one: ${String(error)}`)
  }
}

/** Debian's main section in the release, its updates and its security fixes, at the mirrors this machine has. */
async function findSources(suite: string): Promise<string> {
  const format = '$(SITE) $(RELEASE) $(COMPONENT)'
  const {stdout} = await run('apt-get', ['indextargets', '--format', format, 'Created-By: Packages'])
  const releases = [suite, `${suite}-updates`, `${suite}-security`]
  const found = [...new Set(stdout.split('\n'))]
    .map(line => line.split(' '))
    .filter(([, release, component]) => releases.includes(release!) && component === 'main')
  if (found.length === 0) throw new Error(`no source of ${suite} among those of this machine's apt`)
  return found.map(([site, release]) => `deb [signed-by=${keyring}] ${site} ${release} main\n`).join('')
}

async function readPackage(file: string): Promise<DebianPackage> {
  const {stdout} = await run('dpkg-deb', [
    '--show',
    '--showformat',
    `\${Package} \${Version} \${source:Package} \${source:Version}`,
    file,
  ])
  const [name, version, source, sourceVersion] = stdout.split(' ') as [string, string, string, string]
  return {name, version, source: {name: source, version: sourceVersion}}
}

/** Gives the path, relative to a tree, of a library in one of Debian's library directories. */
export async function findLibrary(directory: string, name: string): Promise<string> {
  for (const top of ['lib', 'usr/lib', 'lib64']) {
    const entries = await readdir(join(directory, top), {withFileTypes: true}).catch(() => [])
    const below = entries.filter(entry => entry.isDirectory()).map(entry => join(top, entry.name))
    const found = [top, ...below]
      .map(path => join(path, name))
      .find(path => existsSync(join(directory, path)))
    if (found !== undefined) return found
  }
  throw new Error(`none of the packages has ${name}`)
}
