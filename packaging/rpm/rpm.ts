// Makes the .rpm, with rpmbuild from a spec that is written here (spec.ts).

import {execFile} from 'node:child_process'
import {mkdir, mkdtemp, readFile, rename, rm, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {promisify} from 'node:util'
import type {Architecture} from '../base.ts'
import {type Contents, collectContents, stage} from '../packages/contents.ts'
import {identity, release} from '../packages/identity.ts'
import type {PackageOrder} from '../packages/order.ts'
import {collectRpmContents} from './contents.ts'
import {renderSpec, type Scriptlets} from './spec.ts'

const architectures: Record<Architecture, string> = {x64: 'x86_64', arm64: 'aarch64'}

/** Of the agent, of the packages in it, of Node and what lies in that. */
const licence = 'Apache-2.0 AND MIT AND ISC AND BSD-2-Clause AND BSD-3-Clause AND Zlib AND Unicode-3.0'

/** Makes the package and gives its path. */
export async function makeRpm(order: PackageOrder): Promise<string> {
  const {version, architecture, executable, date, directory} = order
  const contents: Contents = {...(await collectContents(executable)), ...(await collectRpmContents(order))}
  const work = await mkdtemp(join(tmpdir(), 'vmcontext-rpm-'))
  const tree = join(work, 'tree')
  const spec = join(work, `${identity.name}.spec`)
  try {
    await mkdir(tree)
    await stage(contents, tree, date)
    const scriptlets = await readScriptlets()
    await writeFile(spec, renderSpec({version, date, contents, scriptlets, licence, tree}))
    await runRpmbuild(spec, work, order)
    const output = join(directory, rpmName(version, architecture))
    const made = join(work, rpmName(version, architecture))
    // By copy: the work may lie on another file system.
    await promisify(execFile)('cp', [made, `${output}.new`])
    await rename(`${output}.new`, output)
    return output
  } finally {
    await rm(work, {recursive: true})
  }
}

/** `vmcontext-0.1.0-1.x86_64.rpm`. */
export function rpmName(version: string, architecture: Architecture): string {
  return `${identity.name}-${version}-${release}.${architectures[architecture]}.rpm`
}

async function readScriptlets(): Promise<Scriptlets> {
  const read = (name: string) => readFile(join(import.meta.dirname, `${name}.sh`), 'utf8')
  return {post: await read('post'), preun: await read('preun'), postun: await read('postun')}
}

/** Whatever this machine and its user have set for rpmbuild is left out of it. */
async function runRpmbuild(spec: string, work: string, order: PackageOrder): Promise<void> {
  const settings = {
    _topdir: work,
    _rpmdir: work,
    _build_name_fmt: '%{NAME}-%{VERSION}-%{RELEASE}.%{ARCH}.rpm',
    _buildhost: 'localhost',
    _binary_payload: order.compression === 'none' ? 'w.ufdio' : 'w6.xzdio',
    use_source_date_epoch_as_buildtime: '1',
    clamp_mtime_to_source_date_epoch: '1',
    source_date_epoch_from_changelog: '0',
    optflags: '%{nil}',
  }
  const definitions = Object.entries(settings).flatMap(([name, value]) => ['--define', `${name} ${value}`])
  const target = ['--target', `${architectures[order.architecture]}-linux`]
  const env = {PATH: process.env.PATH, HOME: work, LC_ALL: 'C', SOURCE_DATE_EPOCH: `${order.date}`}
  await promisify(execFile)('rpmbuild', ['-bb', ...target, ...definitions, spec], {env})
}
