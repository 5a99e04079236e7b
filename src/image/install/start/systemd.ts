// How systemd starts the agent: units, the links that `systemctl enable` makes of their [Install] sections, and a preset
// so that `systemctl preset-all`, which image builders and a first boot run, leaves it so.

import {findProgram} from '../../../system/programs.ts'
import type {System} from '../../../system/system.ts'
import type {Payload} from '../payload.ts'
import type {Surroundings} from '../surroundings.ts'
import type {Start, Wanted} from '../wanted.ts'

/** Where `install` puts units, and where a package puts them. */
export const unitDirectory = '/etc/systemd/system'
export const packagedUnitDirectory = '/usr/lib/systemd/system'

const presetPath = '/etc/systemd/system-preset/40-vmcontext.preset'

/** Every unit of ours, and where it is to be enabled. The rest is started by others, or by whoever wants it. */
const units: Readonly<Record<string, (surroundings: Surroundings) => boolean>> = {
  'vmcontext-local.service': () => true,
  'vmcontext-final.service': () => true,
  'vmcontext-reconfigure.path': () => true,
  // Its alias would hide the unit of the same name that the package one-context has.
  'vmcontext-changed.service': ({isForContainers, hasOneContext}) => isForContainers && !hasOneContext,
  'vmcontext-guestinfo.timer': ({hasVmwareTools}) => hasVmwareTools,
}

/** Plans units, links and the preset. */
export function planSystemd(
  system: System,
  payload: Payload,
  isPackaged: boolean,
  surroundings: Surroundings,
): Start {
  const enabled = Object.keys(units).filter(name => units[name]!(surroundings))
  const directory = isPackaged ? findPackaged(system) : unitDirectory
  const links = enabled.flatMap(name => planLinks(name, payload[`systemd/${name}`] ?? '', directory))
  const preset: Wanted = {
    kind: 'file',
    path: presetPath,
    content: renderPreset(enabled),
    mode: 0o644,
    reason: 'so that presets leave the units as they are',
  }
  return {
    wanted: [...(isPackaged ? [] : planUnits(payload)), preset, ...links],
    shared: [],
    // Elsewhere than under a running systemd there is nobody to tell.
    tools: isRunning(system) ? [['systemctl', 'daemon-reload']] : [],
  }
}

function planUnits(payload: Payload): Wanted[] {
  const paths = Object.keys(payload).filter(path => path.startsWith('systemd/'))
  return paths.map(path => ({
    kind: 'file',
    path: `${unitDirectory}/${path.slice('systemd/'.length)}`,
    content: payload[path]!,
    mode: 0o644,
    reason: /^Description=(.*)$/m.exec(payload[path]!)?.[1] ?? 'a unit',
  }))
}

/** What `systemctl enable` does: WantedBy, RequiredBy and Alias of the section [Install] (systemd.unit(5)). */
function planLinks(unit: string, text: string, directory: string): Wanted[] {
  const section = /^\[Install\]$([\s\S]*?)(?=^\[|$(?![\s\S]))/m.exec(text)?.[1] ?? ''
  const values = (key: string) => {
    const lines = section.matchAll(new RegExp(`^${key}=(.*)$`, 'gm'))
    return Array.from(lines, ([, value]) => value!.trim().split(/\s+/)).flat()
  }
  const paths = [
    ...values('WantedBy').map(target => `${target}.wants/${unit}`),
    ...values('RequiredBy').map(target => `${target}.requires/${unit}`),
    ...values('Alias'),
  ]
  return paths.map(path => ({
    kind: 'link',
    path: `${unitDirectory}/${path}`,
    target: `${directory}/${unit}`,
    reason: `enables ${unit}`,
  }))
}

function renderPreset(enabled: readonly string[]): string {
  const lines = Object.keys(units).map(name => `${enabled.includes(name) ? 'enable' : 'disable'} ${name}`)
  return `# As vmcontext install has left it (systemd.preset(5)).\n${lines.join('\n')}\n`
}

/** Debian 11 and before may have /lib beside /usr/lib. */
function findPackaged({files}: System): string {
  const name = 'vmcontext-local.service'
  const found = [packagedUnitDirectory, '/lib/systemd/system'].find(
    directory => files.status(`${directory}/${name}`) !== undefined,
  )
  return found ?? packagedUnitDirectory
}

function isRunning(system: System): boolean {
  const isBooted = system.files.status('/run/systemd/system')?.isDirectory() ?? false
  return system.live && isBooted && findProgram(system, 'systemctl') !== undefined
}
