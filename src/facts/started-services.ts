// What is started when this guest boots.

import type {System} from '../system/system.ts'

/**
 * The names of all services that something starts at boot, without their endings: units with a link in a `.wants` or
 * `.requires` of systemd, scripts with an S link of SysV init or in a runlevel of OpenRC, jobs of upstart, and
 * `networking` where the one script of a busybox guest calls ifup.
 */
export function readStartedServices(system: System): ReadonlySet<string> {
  const named = new Set([...readUnits(system), ...readSysvScripts(system), ...readJobs(system)])
  const started = [...named].filter(name => !isMasked(system, name))
  const others = [...readOpenrcScripts(system), ...(busyboxCallsIfup(system) ? ['networking'] : [])]
  return new Set([...started, ...others])
}

/** `systemctl mask` leaves every link that starts a unit, and puts one to /dev/null in the unit's own place. */
function isMasked({files}: System, name: string): boolean {
  return files.readLink(`/etc/systemd/system/${name}.service`) === '/dev/null'
}

function readUnits({files}: System): string[] {
  return files
    .list('/etc/systemd/system')
    .filter(name => name.endsWith('.wants') || name.endsWith('.requires'))
    .flatMap(name => files.list(`/etc/systemd/system/${name}`))
    .map(name => name.replace(/\.service$/, ''))
}

function readSysvScripts({files}: System): string[] {
  const levels = ['S', '2', '3', '5'].flatMap(level => {
    return [`/etc/rc${level}.d`, `/etc/rc.d/rc${level}.d`, `/etc/init.d/rc${level}.d`]
  })
  const names = levels.flatMap(path => files.list(path))
  return names.filter(name => /^S\d\d/.test(name)).map(name => name.slice(3))
}

/** upstart starts what stands in its directory, unless an override says `manual` (init(5)). */
function readJobs({files}: System): string[] {
  if (['/sbin/initctl', '/usr/sbin/initctl'].every(path => files.status(path) === undefined)) return []
  const names = files.list('/etc/init').flatMap(name => /^(.*)\.conf$/.exec(name)?.slice(1) ?? [])
  return names.filter(name => {
    const texts = ['conf', 'override'].map(ending => files.readText(`/etc/init/${name}.${ending}`) ?? '')
    return !texts.some(text => /^\s*manual\s*$/m.test(text)) && /^\s*start on\b/m.test(texts[0]!)
  })
}

/** Of the runlevels those that a boot goes through (openrc(8)); somebody's own runlevel is none of them. */
const openrcLevels = ['sysinit', 'boot', 'default']

// Debian's openrc makes its links from those of SysV init when it is installed. Without openrc they start nothing.
function readOpenrcScripts({files}: System): string[] {
  const program = ['/sbin/openrc', '/usr/sbin/openrc', '/bin/openrc', '/usr/bin/openrc']
  if (!program.some(path => files.status(path) !== undefined)) return []
  return openrcLevels.flatMap(level => files.list(`/etc/runlevels/${level}`))
}

/**
 * busybox's init runs what /etc/inittab says, by default /etc/init.d/rcS, and in small systems that one runs the
 * S scripts beside it (Buildroot). Debian's rcS is another one, and calls no ifup.
 */
function busyboxCallsIfup({files}: System): boolean {
  const scripts = files.list('/etc/init.d').filter(name => /^(rcS$|S\d\d)/.test(name))
  return ['/etc/inittab', ...scripts.map(name => `/etc/init.d/${name}`)].some(path => {
    const isFile = files.status(path)?.isFile() ?? false
    return isFile && /^[^#\n]*\bifup\s+(-\w+\s+)*(-a|--all)\b/m.test(files.readText(path) ?? '')
  })
}
