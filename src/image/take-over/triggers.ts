// What starts one-context besides the boot: rules of udev, and a file that cron runs.

import type {System} from '../../system/system.ts'
import {joinParts, nothing, type Part, placeLink, takeAway} from './displace.ts'

/** Where udev looks for rules; what is in /etc hides others of the same name (udev(7)). */
const ruleDirectories = ['/usr/lib/udev/rules.d', '/lib/udev/rules.d']
const ownRules = '/etc/udev/rules.d'
const ruleNames = ['65-context.rules', '00-context.rules']

const periodic = ['/etc/periodic/1min/one-context-reconfigure', '/etc/cron.d/one-context-reconfigure']

/** Plans that none of them does any more. */
export function disableTriggers(system: System): Part {
  return joinParts([
    ...ruleNames.map(name => hideRule(system, name)),
    ...periodic.map(path => takeAway(system, path, 'it starts one-context every minute')),
  ])
}

function hideRule(system: System, name: string): Part {
  const isTheirs = [...ruleDirectories, ownRules].some(directory =>
    /one-context/.test(system.files.readText(`${directory}/${name}`) ?? ''),
  )
  if (!isTheirs) return nothing
  return placeLink(
    system,
    `${ownRules}/${name}`,
    '/dev/null',
    'rules of udev that start one-context are hidden',
  )
}
