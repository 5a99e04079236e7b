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

const rivals: readonly Rival[] = [
  {
    name: 'cloud-init',
    services: ['cloud-init-local', 'cloud-init', 'cloud-init-main', 'cloud-init-network'],
    cure: 'touch /etc/cloud/cloud-init.disabled, or remove the package',
  },
  {
    name: "OpenNebula's one-context",
    services: ['one-context', 'one-context-local', 'one-context-online', 'one-context-reconfigure'],
    cure: 'remove the package one-context',
  },
]

/** Names what else is started at boot to do the same; `started` are the services that are. */
export function findRivals(system: System, started: ReadonlySet<string>): Problem[] {
  const found = rivals.filter(({services}) => services.some(name => started.has(name)))
  const enabled = found.filter(({name}) => name !== 'cloud-init' || !isCloudInitOff(system))
  const problems = enabled.map(
    ({name, cure}): Problem => ({code: 'rival', message: `${name} configures this guest too`, cure}),
  )
  return [...problems, ...findScripts(system)]
}

/** cloud-init's own switch. */
function isCloudInitOff(system: System): boolean {
  return system.files.status('/etc/cloud/cloud-init.disabled') !== undefined
}

/** What the manual of 2.2 had people write: an rc.local that runs the disc's init.sh, and the script before ours. */
function findScripts(system: System): Problem[] {
  const problems: Problem[] = []
  const rcLocal = ['/etc/rc.local', '/etc/rc.d/rc.local'].find(path => runsDisc(system, path))
  if (rcLocal !== undefined) {
    const message = `${rcLocal} runs the init.sh of the disc as well`
    problems.push({code: 'rival', message, cure: `take those lines out of ${rcLocal}`})
  }
  const old = ['/etc/init.d/vmcontext', '/etc/init.d/vmcontext.sh'].find(path => isOldScript(system, path))
  if (old !== undefined) {
    const message = `${old} is the script of OpenNebula 2.2, which writes the network files as well`
    problems.push({code: 'rival', message, cure: 'replace it with the one of vmcontext'})
  }
  return problems
}

function runsDisc(system: System, path: string): boolean {
  const lines = (system.files.readText(path) ?? '').split('\n')
  return lines.some(line => /^[^#]*(\/mnt\/init\.sh|\bcontext\.sh)\b/.test(line))
}

function isOldScript(system: System, path: string): boolean {
  return /^\s*mac2ip\s*\(\)/m.test(system.files.readText(path) ?? '')
}
