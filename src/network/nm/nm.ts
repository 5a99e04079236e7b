// NetworkManager: a keyfile for each NIC (nm-settings-keyfile(5)). What other tools wrote for a NIC of ours goes, what
// could be taken for any NIC stays and has the lower priority.

import {networkManagerAutostart} from '../autostart.ts'
import type {Dialect, Surroundings} from '../dialect.ts'
import {activateProfiles} from './activate.ts'
import {configurationSources} from './configuration.ts'
import {readOthersConfiguration} from './managed.ts'
import {renderProfiles} from './render.ts'
import {profileDirectories} from './rivals.ts'

export const nm: Dialect = {
  name: 'nm',
  title: 'NetworkManager',
  otherNames: ['networkmanager', 'network-manager', 'keyfile'],
  // It leaves alone what ifupdown's file names, and reads ifcfg files where its plugin for them is still there.
  displaces: ['interfaces', 'redhat'],
  // The control group of the unit; elsewhere the pid file of the daemon. What lies in /run/NetworkManager besides may
  // come from the initramfs, whose NetworkManager is no more.
  serviceMarks: [
    '/sys/fs/cgroup/system.slice/NetworkManager.service',
    '/sys/fs/cgroup/systemd/system.slice/NetworkManager.service',
    '/run/NetworkManager/NetworkManager.pid',
  ],
  sources: known => [
    networkManagerAutostart.path,
    ...configurationSources,
    ...profileDirectories(readOthersConfiguration(known)).map(directory => `${directory}/*`),
  ],
  render: renderProfiles,
  activate: activateProfiles,
  resolvesNames,
}

/** It writes resolv.conf itself, or feeds who does, unless it was told not to. */
function resolvesNames({files}: Surroundings): boolean {
  const main = readOthersConfiguration(files).get('main')
  return main?.get('dns') !== 'none' && main?.get('rc-manager') !== 'unmanaged'
}
