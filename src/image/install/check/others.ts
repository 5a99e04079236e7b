// Whether OpenRC, upstart or busybox's init will start the agent.

import type {System} from '../../../system/system.ts'
import {openrcServices} from '../start/others.ts'
import {parseStartLinks} from '../sysv/numbers.ts'
import {notStarted, type StartCheck} from './check.ts'

type Part = {what: string; why: string | undefined; line: string}

function collect(parts: readonly Part[]): StartCheck {
  return {
    lines: parts.filter(({why}) => why === undefined).map(({line}) => line),
    problems: parts.flatMap(({what, why}) => (why === undefined ? [] : [notStarted(what, why)])),
  }
}

/** A service is started if a runlevel has a link to its script. */
export function checkOpenrc(system: System): StartCheck {
  const parts = Object.entries(openrcServices(system)).map(([name, level]): Part => {
    const link = `/etc/runlevels/${level}/${name}`
    // Those of the .deb are scripts of SysV init, in the runlevels of Debian's choice.
    const links = [link, ...['sysinit', 'boot', 'default'].map(each => `/etc/runlevels/${each}/${name}.sh`)]
    const found = links.find(each => isExecutable(system, each))
    const why = found === undefined ? `${link} leads to no executable script` : undefined
    const when = name === 'vmcontext' ? 'before the network' : 'behind the network'
    const place = (found ?? link).split('/').at(-2)
    return {what: name, why, line: `OpenRC will start ${name} in the runlevel ${place}, ${when}`}
  })
  return collect(parts)
}

/** A job is started unless an override says `manual` (init(5)). */
export function checkUpstart({files}: System): StartCheck {
  const jobs = [
    ['vmcontext', 'before the network'],
    ['vmcontext-final', 'when the runlevel is reached'],
  ] as const
  const parts = jobs.map(([name, when]): Part => {
    const text = files.readText(`/etc/init/${name}.conf`)
    const override = files.readText(`/etc/init/${name}.override`) ?? ''
    const isManual = /^\s*manual\s*$/m.test(override)
    const why =
      text === undefined
        ? 'there is no such job'
        : isManual
          ? `/etc/init/${name}.override says so`
          : undefined
    return {what: name, why, line: `upstart will start ${name} ${when}`}
  })
  return collect(parts)
}

/** rcS runs the executable ones in the order of their names. */
export function checkBusybox(system: System): StartCheck {
  const {files} = system
  const links = parseStartLinks(files.list('/etc/init.d'))
  const runsAll = /\bS\?\?\*/.test(files.readText('/etc/init.d/rcS') ?? '')
  const parts = ['vmcontext', 'vmcontext-final'].map((script): Part => {
    const found = links.find(link => link.script === script)
    const path = `/etc/init.d/${found?.name}`
    const why =
      found === undefined || !isExecutable(system, path)
        ? `/etc/init.d has no executable S..${script}`
        : runsAll
          ? undefined
          : `/etc/init.d/rcS does not run the S scripts beside it; call ${path} start there`
    const network = links.find(link => /^(network|ifup|connman|dhcpcd)/.test(link.script))
    const isBefore = network !== undefined && found !== undefined && found.name < network.name
    const when = script === 'vmcontext-final' ? 'last' : isBefore ? `before ${network.name}` : 'early'
    return {what: script, why, line: `rcS will run ${path} ${when}`}
  })
  return collect(parts)
}

function isExecutable({files}: System, path: string): boolean {
  const status = files.status(path)
  return (status?.isFile() ?? false) && (status!.mode & 0o100) !== 0
}
