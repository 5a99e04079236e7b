// Giving back what contexts have made of a guest, driven by the manifest: files become what they were, keys and
// passwords go, accounts are locked or deleted. Nothing that is not written down as ours is touched.

import type {Problem} from '../../problem.ts'
import type {Manifest} from '../../report/manifest.ts'
import type {System} from '../../system/system.ts'
import {classifyFiles} from './concerns.ts'
import type {GiveBackDeed, GiveBackOptions} from './deeds.ts'
import {planFile} from './files.ts'
import {hostsPath, recallHosts} from './hosts.ts'
import {planAccounts, planKeys, planPasswords} from './login.ts'

/**
 * Plans it. What is given back already takes no deed, so a second plan is empty. Files of network come first, accounts
 * last. Reads the system, changes nothing; throws nothing that the machine refuses.
 */
export function planGiveBack(
  system: System,
  manifest: Manifest,
  options: GiveBackOptions,
): {deeds: readonly GiveBackDeed[]; problems: readonly Problem[]} {
  const concernOf = classifyFiles(system, manifest)
  const files = Object.keys(manifest.files)
    .map(path => ({path, concern: concernOf(path)}))
    .filter(({concern}) => options.what === 'all' || concern === 'network')
  const plans = files.map(({path, concern}) => planFile(system, manifest, path, concern, options))
  if (options.what === 'all') {
    // A line that was adopted stands in a file that nobody has entered.
    const hosts =
      manifest.files[hostsPath] === undefined ? recallHosts(system, manifest, hostsPath) : undefined
    if (hosts !== undefined) plans.push(hosts)
    plans.push(planKeys(system, manifest))
    if (options.passwords === 'star') plans.push(planPasswords(system, manifest))
    plans.push(planAccounts(system, manifest, options))
  }
  return {deeds: plans.flatMap(({deeds}) => deeds), problems: plans.flatMap(({problems}) => problems)}
}
