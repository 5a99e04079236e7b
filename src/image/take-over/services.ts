// Services of rivals, so that nothing starts them any more, by what the root boots with. Packages stay, and where it
// can be the way is one that outlives their upgrades.

import {cloudInitServices, oneContextServices} from '../../facts/rivals.ts'
import type {System} from '../../system/system.ts'
import {type InitKind, isSysv, readInitSystem} from '../install/init-system.ts'
import {joinParts, nothing, type Part, placeFile, placeLink, takeAway} from './displace.ts'

const timer = 'one-context-reconfigure.timer'

/**
 * Plans that no service of one-context is started, nor of cloud-init where its own switch has no effect: only its
 * systemd units look for that. `others` are scripts in /etc/init.d that go likewise.
 */
export function disableServices(system: System, others: readonly string[]): Part {
  const {kind} = readInitSystem(system)
  const scripts = [...oneContextServices, ...cloudInitServices, ...others]
  const parts = [
    maskUnits(system, kind),
    ...(kind === 'systemd' ? [] : [leaveRunlevels(system, scripts), leaveOpenrc(system, scripts)]),
    overrideJobs(system, kind),
  ]
  return joinParts(parts)
}

const unitDirectories = ['/usr/lib/systemd/system', '/lib/systemd/system', '/etc/systemd/system']

/**
 * A unit that leads to /dev/null. Its link in a `.wants` alone is not enough: the package enables its units anew with
 * every upgrade, and systemctl refuses that for one that is masked. It covers a script of SysV init by the same name.
 */
function maskUnits(system: System, kind: InitKind): Part {
  const {files} = system
  const units = [...oneContextServices.map(name => `${name}.service`), timer]
  const isThere = (unit: string) =>
    unitDirectories.some(directory => files.linkStatus(`${directory}/${unit}`) !== undefined) ||
    (kind === 'systemd' && files.status(`/etc/init.d/${unit.replace('.service', '')}`) !== undefined)
  const masked = units
    .filter(isThere)
    .map(unit =>
      placeLink(system, `/etc/systemd/system/${unit}`, '/dev/null', `${unit} of one-context is masked`),
    )
  const {deeds, ...rest} = joinParts(masked)
  if (deeds.length === 0 || !system.live || !units.filter(isThere).includes(timer)) return {deeds, ...rest}
  const argv = ['systemctl', 'stop', timer] as const
  const purpose = `stop ${timer}`
  return {
    ...rest,
    deeds: [
      ...deeds,
      {kind: 'run', argv, purpose, timeoutMs: 30_000, optional: true, reason: 'it starts others'},
    ],
  }
}

/** Red Hat's and SUSE's lie below, Debian's beside /etc/init.d; one may be a link to another. */
export function listRunlevels({files}: System): string[] {
  const places = ['/etc', '/etc/rc.d', '/etc/init.d']
  const levels = ['S', '0', '1', '2', '3', '4', '5', '6']
  const directories = places.flatMap(place => levels.map(level => `${place}/rc${level}.d`))
  const real = directories
    .filter(path => files.status(path)?.isDirectory())
    .map(path => files.followLinks(path))
  return [...new Set(real)]
}

function leaveRunlevels(system: System, scripts: readonly string[]): Part {
  const links = listRunlevels(system).flatMap(directory =>
    system.files
      .list(directory)
      .filter(name => scripts.some(script => /^S\d\d/.test(name) && name.slice(3) === script))
      .map(name => `${directory}/${name}`),
  )
  return joinParts(links.map(path => takeAway(system, path, 'it starts a rival')))
}

function leaveOpenrc(system: System, scripts: readonly string[]): Part {
  const {files} = system
  const links = files.list('/etc/runlevels').flatMap(level =>
    files
      .list(`/etc/runlevels/${level}`)
      .filter(name => scripts.includes(name))
      .map(name => `/etc/runlevels/${level}/${name}`),
  )
  return joinParts(links.map(path => takeAway(system, path, 'it starts a rival')))
}

/** Of Ubuntu 14.04 and before. */
const oldCloudInitJobs = ['cloud-init-nonet', 'cloud-init-container', 'cloud-init-blocknet']

/** init(5) of upstart: a job's override file outlives the upgrade of its package. */
function overrideJobs(system: System, kind: InitKind): Part {
  if (kind !== 'upstart' && !isSysv(kind)) return nothing
  const names = [...oneContextServices, ...cloudInitServices, ...oldCloudInitJobs]
  const jobs = names.filter(name => system.files.status(`/etc/init/${name}.conf`) !== undefined)
  return joinParts(
    jobs.map(name => {
      const path = `/etc/init/${name}.override`
      const isOff = /^manual\s*$/m.test(system.files.readText(path) ?? '')
      return isOff ? nothing : placeFile(system, path, 'manual\n', `upstart does not start ${name} by itself`)
    }),
  )
}
