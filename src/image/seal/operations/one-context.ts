// What OpenNebula's own guest package, one-context, made of this guest.

import {byCloudInit, findLeftFiles} from '../../take-over/left-files.ts'
import type {Look} from '../look.ts'
import type {Finding, Operation} from '../operation.ts'
import {fromRows, removal, rewriting} from '../patterns.ts'

export const oneContext: Operation = {
  name: 'one-context',
  severity: 'secret',
  isDefault: true,
  description: 'state of one-context, and the files that it generated',
  find: look => [...findNamed(look), ...findGenerated(look), ...findHosts(look)],
}

const findNamed = fromRows([
  {
    paths: ['/var/lib/one-context/*'],
    reason: 'what one-context knows of this machine',
    trees: true,
    links: true,
  },
  {
    paths: ['/etc/sudoers.d/one-context', '/usr/local/etc/sudoers.d/one-context'],
    reason: 'who may do everything, by one-context',
  },
  {paths: ['/etc/sysctl.d/01-one.conf'], reason: 'a setting of a virtual router'},
  {paths: ['/tmp/context.sh', '/tmp/one-context.*'], reason: 'a copy of the context', trees: true},
])

/** By their names, or by what stands in them. */
function findGenerated(look: Look): Finding[] {
  const isInstalled = look.has('/etc/one-context.d') || look.has('/usr/sbin/one-contextd')
  return findLeftFiles(look.system, isInstalled)
    .filter(({path, content}) => !/cloud-init/.test(path) && !byCloudInit(content))
    .flatMap(({path, former}) =>
      look.find(path).map(place => {
        const reason = 'the network as one-context wrote it'
        return former === undefined ? removal(look, place, reason) : rewriting(look, place, former, reason)
      }),
    )
}

/** It marks its line with a word of its own (net-15-hostname). */
function findHosts(look: Look): Finding[] {
  return look.find('/etc/hosts').flatMap(place => {
    const text = look.text(place)
    const content = text
      .split('\n')
      .filter(line => !/#\s*one-contextd\s*$/.test(line))
      .join('\n')
    return content === text ? [] : [rewriting(look, place, content, 'a line of one-context for this host')]
  })
}
