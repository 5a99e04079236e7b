// What is started when this guest boots.

import type {System} from '../system/system.ts'

/**
 * The names of all services that something starts at boot: units with a link in a `.wants` or `.requires` of
 * systemd, scripts with an S link of SysV init, both without their endings.
 */
export function readStartedServices(system: System): ReadonlySet<string> {
  const {files} = system
  const units = files
    .list('/etc/systemd/system')
    .filter(name => name.endsWith('.wants') || name.endsWith('.requires'))
    .flatMap(name => files.list(`/etc/systemd/system/${name}`))
  const scripts = ['S', '2', '3', '5'].flatMap(level => {
    return [`/etc/rc${level}.d`, `/etc/rc.d/rc${level}.d`, `/etc/init.d/rc${level}.d`].flatMap(path =>
      files.list(path),
    )
  })
  const started = scripts.filter(name => /^S\d\d/.test(name)).map(name => name.slice(3))
  return new Set([...units.map(name => name.replace(/\.service$/, '')), ...started])
}
