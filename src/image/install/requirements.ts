// Whether the agent could run on a root: its architecture, and unless it brings its own, the C and C++ libraries.

import type {System} from '../../system/system.ts'
import type {AgentProgram} from './agent-program.ts'

/** What the executable is linked with (objdump -T dist/vmcontext). */
const needed = {glibc: [2, 28], libstdcxx: 'GLIBCXX_3.4.21'} as const

const loaders: Readonly<Record<string, string>> = {
  x64: '/lib64/ld-linux-x86-64.so.2',
  arm64: '/lib/ld-linux-aarch64.so.1',
}

const libraryDirectories: Readonly<Record<string, readonly string[]>> = {
  x64: ['/lib64', '/usr/lib64', '/lib/x86_64-linux-gnu', '/usr/lib/x86_64-linux-gnu', '/lib', '/usr/lib'],
  arm64: ['/lib64', '/usr/lib64', '/lib/aarch64-linux-gnu', '/usr/lib/aarch64-linux-gnu', '/lib', '/usr/lib'],
}

const portableCure = 'install from the portable tarball, which brings its own libraries'

/** Why the agent could not run there, with the cure; undefined if it could. `architecture` is that of the root. */
export function findHindrance(
  system: System,
  program: AgentProgram,
  architecture: string | undefined,
): {message: string; cure: string} | undefined {
  const {machine} = program
  if (machine === undefined)
    return {message: 'what would be installed is no program', cure: 'npm run build makes one'}
  if (architecture !== undefined && architecture !== machine) {
    const message = `the programs of this root are built for ${architecture}, this vmcontext for ${machine}`
    const isOurs = architecture in loaders
    const cure = isOurs
      ? `take the vmcontext for ${architecture}`
      : 'there is none for it: x64 and arm64 are built'
    return {message, cure}
  }
  // Of a root without a single program nobody can tell what it will have.
  const isKnown = architecture !== undefined && !program.isPortable
  return isKnown ? findMissingLibrary(system, machine) : undefined
}

function findMissingLibrary(system: System, machine: string): {message: string; cure: string} | undefined {
  const loader = loaders[machine]
  if (loader === undefined) return undefined
  if (system.files.status(loader) === undefined) {
    const isMusl = system.files.list('/lib').some(name => name.startsWith('ld-musl-'))
    const words = isMusl
      ? 'this root has musl instead of the GNU C library'
      : 'this root has no GNU C library'
    return {message: `${words} (${loader} is not there)`, cure: portableCure}
  }
  const glibc = readGlibc(system, machine)
  if (glibc !== undefined && isOlder(glibc, needed.glibc)) {
    const message = `the GNU C library of this root is ${glibc.join('.')}; ${needed.glibc.join('.')} is needed`
    return {message, cure: portableCure}
  }
  const text = readLibrary(system, machine, 'libstdc++.so.6')
  if (text === undefined)
    return {message: 'libstdc++.so.6 is not in this root', cure: `install it, or ${portableCure}`}
  if (!text.includes(needed.libstdcxx))
    return {message: `libstdc++ of this root is too old: it lacks ${needed.libstdcxx}`, cure: portableCure}
  return undefined
}

/** The C library says who it is when it is run; the words lie in it. */
function readGlibc(system: System, machine: string): [number, number] | undefined {
  const text = readLibrary(system, machine, 'libc.so.6') ?? ''
  const match = /GNU C Library [^\n]{0,100}? version (\d+)\.(\d+)/.exec(text)
  return match === null ? undefined : [Number(match[1]), Number(match[2])]
}

function readLibrary({files}: System, machine: string, name: string): string | undefined {
  const paths = (libraryDirectories[machine] ?? []).map(directory => `${directory}/${name}`)
  const found = paths.find(path => files.status(path)?.isFile())
  return found && files.read(found)?.toString('latin1')
}

function isOlder(
  [major, minor]: readonly [number, number],
  [needMajor, needMinor]: readonly [number, number],
) {
  return major < needMajor || (major === needMajor && minor < needMinor)
}
