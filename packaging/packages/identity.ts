// What a package says of itself, whatever its kind.

import {readFile} from 'node:fs/promises'
import {join} from 'node:path'

/** The package's own number within one version of the agent. Raised when only the packaging changes. */
export const release = '1'

export const identity = {
  name: 'vmcontext',
  summary: 'turns an OpenNebula context into a configured guest',
  licence: 'Apache-2.0',
  /** The project has no address of its own, and `.invalid` says so (RFC 2606). */
  maintainer: {name: 'The vmcontext maintainers', mail: 'vmcontext@project.invalid'},
  /** One paragraph an entry; no line over 78 characters, for dpkg and rpm show them as they are. */
  description: [
    [
      'The agent inside a virtual machine of an OpenNebula cloud. Before any network',
      'service starts it reads what the cloud says about the machine (the context),',
      'and sets addresses, host name, account, ssh keys, passwords and time zone;',
      'once the network is up it runs the scripts of the context and tells the cloud',
      'how it went.',
    ],
    [
      'It writes the files of whoever is in charge of the network, keeps what it',
      'replaces, and changes nothing on a second run. Contexts of OpenNebula 2.2 of',
      '2011 and of today are understood. It needs the C and C++ libraries only.',
    ],
  ],
  /**
   * OpenNebula's own packages of agents, which do the same job: one-apps' context-linux/targets.sh and what came before
   * it. A conflict alone, no replacement: with that, dpkg would remove the other one in passing.
   */
  conflicts: ['one-context', 'one-context-ec2', 'opennebula-context'],
} as const

/** The agent's version, as package.json has it. */
export async function readVersion(): Promise<string> {
  const file = join(import.meta.dirname, '..', '..', 'package.json')
  return JSON.parse(await readFile(file, 'utf8')).version
}
