// Makes what netplan reads count: its own generator writes the files of networkd and NetworkManager, which are then told
// of the NICs that have changed. Not `netplan apply`: it takes down others, and races with the boot (one-apps #398).

import type {RunAction} from '../../action.ts'
import type {Activation, Surroundings} from '../dialect.ts'
import {interfaceOf} from '../model.ts'
import {startNetworkd, systemdRuns, tellNetworkd} from '../networkd/commands.ts'
import {bringBack, bringUp, reloadConfiguration, reloadProfiles, startManager} from '../nm/commands.ts'
import {globalRenderer, readOthers} from './files.ts'
import {ownEntries, planIds} from './own-file.ts'
import {chooseRenderer, isStartedAtBoot} from './renderer.ts'

/** netplan from 1.2 on: what writes the files is another program than systemd's generator. */
const configure = '/usr/libexec/netplan/configure'
const generators = ['/usr/libexec/netplan/generate', '/usr/lib/netplan/generate', '/lib/netplan/generate']

export const activationLandmarks = [systemdRuns, configure, ...generators]

/**
 * At boot systemd's generators have run before us, so what was written now would count at the next boot only. From
 * netplan 1.2 on netplan-configure.service is still to come after us, but not where we run late: then, and before 1.2,
 * the program is run here. It takes milliseconds; `netplan generate` is Python.
 */
export function activateNetplan(
  activation: Activation,
  surroundings: Surroundings,
): {before: RunAction[]; after: RunAction[]} {
  const {renderer} = chooseRenderer(surroundings, globalRenderer(readOthers(surroundings.files)))
  const generate = listGenerate(surroundings)
  if (!surroundings.isStarted) {
    // In an image the generators are still to come.
    if (!surroundings.landmarks.has(systemdRuns)) return {before: [], after: []}
    // A sealed image without any YAML has nothing that starts networkd: netplan's generator does it, where it has any.
    const start = renderer === 'networkd' ? startNetworkd : startManager
    const mustStart = !isStartedAtBoot(renderer, surroundings)
    return {before: [], after: [run(generate, purpose), ...(mustStart ? [start] : [])]}
  }
  const {before, after} =
    renderer === 'networkd'
      ? tellNetworkd(activation, surroundings.systemdVersion, isVlanInForce(surroundings))
      : {before: [], after: tellManager(activation, surroundings)}
  const gently = {
    ...run(['sh', '-ec', generateGently, 'sh', ...generate], purpose),
    shown: generate.join(' '),
  }
  return {before, after: [gently, ...after]}
}

function listGenerate({landmarks}: Surroundings): [string, ...string[]] {
  // As its own service does: a mistake in one file of somebody costs that file.
  if (landmarks.has(configure)) return [configure, '--ignore-errors']
  const generator = generators.find(path => landmarks.has(path))
  return generator === undefined ? ['netplan', 'generate'] : [generator]
}

/**
 * netplan writes all files of networkd anew, and networkd takes one for another by its inode and time: every NIC would
 * lose its addresses for a moment. So a file whose text is the same is put back as it was.
 */
const generateGently = [
  'd=/run/systemd/network o=/run/vmcontext/netplan',
  'mkdir -p $d /run/vmcontext; rm -rf $o; cp -al $d $o',
  '"$@"',
  // biome-ignore lint/suspicious/noTemplateCurlyInString: it is the shell's
  'for f in $o/10-netplan-*; do cmp -s $f $d/${f##*/} && mv -f $f $d/ || :; done; rm -rf $o',
].join('; ')

const purpose = 'have netplan read its files'

/** What NetworkManager has to leave to networkd, and what not, netplan says in its configuration. */
function tellManager({up, network}: Activation, surroundings: Surroundings): RunAction[] {
  const ids = planIds(network.nics, readOthers(surroundings.files), surroundings)
  const nics = new Map(network.nics.map(nic => [interfaceOf(nic), nic]))
  const bringAllUp = up.flatMap(name => {
    const nic = nics.get(name)
    if (nic === undefined) return [bringBack(name)]
    // netplan calls a connection by the ID of its entry.
    const own = bringUp(nic.device, `netplan-${ids.get(nic)}`, 'ifname', nic.device)
    return nic.vlan === undefined ? [own] : [own, bringUp(name, `netplan-${name}`)]
  })
  return [{...reloadConfiguration, optional: true}, reloadProfiles, ...bringAllUp]
}

function isVlanInForce({files}: Surroundings): (name: string) => boolean {
  const vlans = new Set(ownEntries(files).flatMap(({section, id}) => (section === 'vlans' ? [id] : [])))
  return name => vlans.has(name)
}

function run(argv: RunAction['argv'], purpose: string): RunAction {
  return {kind: 'run', argv, purpose, timeoutMs: 30_000}
}
