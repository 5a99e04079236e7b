// Makes what netplan reads count: its own generator writes the files of networkd and NetworkManager, which are then told
// of the NICs that have changed. Not `netplan apply`: it takes down others, and races with the boot (one-apps #398).

import type {RunAction} from '../../action.ts'
import type {Activation, Surroundings} from '../dialect.ts'
import type {Nic} from '../model.ts'
import {globalRenderer, readOthers} from './files.ts'
import {ownEntries, planIds} from './own-file.ts'
import {chooseRenderer} from './renderer.ts'

/** systemd runs: /sbin/init is not something else, and this is no image. */
const systemdRuns = '/run/systemd/system'
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
    const mustStart = renderer === 'networkd' && !surroundings.services.has('systemd-networkd')
    return {before: [], after: [run(generate, purposes.generate), ...(mustStart ? [start] : [])]}
  }
  const {before, after} =
    renderer === 'networkd' ? tellNetworkd(activation, surroundings) : tellManager(activation, surroundings)
  const gently = {
    ...run(['sh', '-ec', generateGently, 'sh', ...generate], purposes.generate),
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

const purposes = {generate: 'have netplan read its files', tell: 'have systemd-networkd read its files'}

/**
 * A sealed image without any YAML has nothing that starts networkd. Not waited for: it is ordered behind units that
 * wait for us. Where it runs already, or is about to, this does nothing.
 */
const start = run(['systemctl', '--no-block', 'start', 'systemd-networkd.service'], 'start systemd-networkd')

/** It configures those links anew whose file is another one or has been written since. */
function tellNetworkd({down, up}: Activation, surroundings: Surroundings) {
  const gone = vlansInForce(surroundings).filter(name => down.includes(name) && !up.includes(name))
  // networkd makes VLANs, and never takes one away.
  const before = gone.map(name => ({
    ...run(['networkctl', 'delete', name], `remove ${name}`),
    optional: true,
  }))
  // 244 brought `reload`.
  const hasReload = (surroundings.systemdVersion ?? 0) >= 244
  const argv = hasReload ? reload : (['systemctl', 'restart', 'systemd-networkd.service'] as const)
  return {before, after: [run(argv, purposes.tell)]}
}

const reload = ['networkctl', 'reload'] as const

/** netplan calls a connection by the ID of its entry. */
function tellManager({up, network}: Activation, surroundings: Surroundings) {
  const idOf = connectionIds(network.nics, surroundings)
  const bringUp = up.map(name =>
    run(['nmcli', 'connection', 'up', `netplan-${idOf(name)}`], `bring up ${name}`),
  )
  return {
    before: [],
    after: [run(['nmcli', 'connection', 'reload'], 'have NetworkManager read its files'), ...bringUp],
  }
}

function connectionIds(nics: readonly Nic[], surroundings: Surroundings): (name: string) => string {
  const ids = planIds(nics, readOthers(surroundings.files), surroundings)
  const byName = new Map([...ids].map(([nic, id]) => [nic.vlan?.name ?? nic.device, nic.vlan?.name ?? id]))
  return name => byName.get(name) ?? name
}

function vlansInForce({files}: Surroundings): string[] {
  return ownEntries(files)
    .filter(({section}) => section === 'vlans')
    .map(({id}) => id)
}

function run(argv: RunAction['argv'], purpose: string): RunAction {
  return {kind: 'run', argv, purpose, timeoutMs: 30_000}
}
