// Other programs that do the agent's work on this guest. The boot goes on beside them, but whoever wonders why a file
// is not as the plan says should learn it from the first warning (contract §5).

import type {Problem} from '../problem.ts'
import type {System} from '../system/system.ts'

type Rival = {
  name: string
  /** Units and SysV scripts, any of which makes it a rival if something starts it at boot. */
  services: readonly string[]
  cure: string
}

/** Everything that the package one-context has had started in any version; the last only starts other ones. */
export const oneContextServices: readonly string[] = [
  'one-context',
  'one-context-local',
  'one-context-online',
  'one-context-reconfigure',
  'one-context-reconfigure-delayed',
  'one-context-force',
]

export const cloudInitServices: readonly string[] = [
  'cloud-init-local',
  'cloud-init',
  'cloud-init-main',
  'cloud-init-network',
  'cloud-config',
  'cloud-final',
]

const rivals: readonly Rival[] = [
  {
    name: 'cloud-init',
    services: cloudInitServices,
    cure: 'vmcontext install --take-over switches it off, or remove the package',
  },
  {
    name: "OpenNebula's one-context",
    services: oneContextServices,
    cure: 'vmcontext install --take-over switches it off, or remove the package one-context',
  },
]

/** Names what else is started at boot to do the same; `started` are the services that are. */
export function findRivals(system: System, started: ReadonlySet<string>): Problem[] {
  const names = startsOldPackage(system, started) ? new Set([...started, 'one-context']) : started
  const found = rivals.filter(({services}) => services.some(name => names.has(name)))
  const enabled = found.filter(({name}) => name !== 'cloud-init' || !isCloudInitOff(system))
  const problems = enabled.map(
    ({name, cure}): Problem => ({code: 'rival', message: `${name} configures this guest too`, cure}),
  )
  return [...problems, ...findScripts(system)]
}

/** one-context 4 and 5, whose script has the name of the one of 2.2. */
function startsOldPackage({files}: System, started: ReadonlySet<string>): boolean {
  return started.has('vmcontext') && isScriptOfOneContext(files.readText('/etc/init.d/vmcontext') ?? '')
}

/** cloud-init's own switch. */
export const cloudInitSwitch = '/etc/cloud/cloud-init.disabled'

function isCloudInitOff(system: System): boolean {
  return system.files.status(cloudInitSwitch) !== undefined
}

/** What the manual of 2.2 had people write: an rc.local that runs the disc's init.sh, and the script before ours. */
function findScripts(system: System): Problem[] {
  const problems: Problem[] = []
  const rcLocal = localScripts.find(path => runsDisc(system, path))
  if (rcLocal !== undefined) {
    const message = `${rcLocal} runs the init.sh of the disc as well`
    problems.push({code: 'rival', message, cure: `take those lines out of ${rcLocal}`})
  }
  const old = oldScripts.find(path => isOldScript(system, path))
  if (old !== undefined) {
    const message = `${old} is the script of OpenNebula 2.2, which writes the network files as well`
    problems.push({code: 'rival', message, cure: 'replace it with the one of vmcontext'})
  }
  return problems
}

/** What runs last in a boot, by hand of whoever made the image (rc.local(8)); SUSE's. */
export const localScripts: readonly string[] = [
  '/etc/rc.local',
  '/etc/rc.d/rc.local',
  '/etc/init.d/boot.local',
]

/** The manual has people make hard links, which stay what they were when another script takes the place of theirs. */
const oldScripts = [
  '/etc/init.d/vmcontext',
  '/etc/init.d/vmcontext.sh',
  ...['2', '3', '5'].map(level => `/etc/rc${level}.d/S01vmcontext.sh`),
]

function runsDisc(system: System, path: string): boolean {
  return (system.files.readText(path) ?? '').split('\n').some(mentionsDisc)
}

/** Tells whether a line of a script has to do with what is on the disc. */
export function mentionsDisc(line: string): boolean {
  return /^[^#]*(\/mnt\/init\.sh|\bcontext\.sh)\b/.test(line)
}

function isOldScript(system: System, path: string): boolean {
  return isScriptOf22(system.files.readText(path) ?? '')
}

/** Tells whether a text is that of the init script of OpenNebula 2.2. */
export function isScriptOf22(text: string): boolean {
  return /^\s*mac2ip\s*\(\)/m.test(text)
}

/** Tells whether a text is that of an init script of one-context. */
export function isScriptOfOneContext(text: string): boolean {
  return /one-contextd|\/etc\/one-context\.d/.test(text)
}
