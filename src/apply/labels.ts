// SELinux labels of what was written: sshd may not read a key file whose label is wrong.

import type {Problem} from '../problem.ts'
import {describeEnd, succeeded} from '../system/commands.ts'
import {unlessRefused} from '../system/errors.ts'
import type {System} from '../system/system.ts'

/**
 * Sets the labels of the paths of a run, in one go. On a root that is not running, the guest is told to set them all
 * at its next boot (contract §6).
 */
export async function restoreLabels(system: System, paths: readonly string[]): Promise<Problem[]> {
  if (paths.length === 0) return []
  if (!system.live) return askForRelabelling(system)
  if (!isEnforced(system)) return []
  // Also by an agent that was told to stop: sshd may not read a key without its label.
  const argv = ['restorecon', '-F', '--', ...paths] as const
  const result = await system.run({argv, timeoutMs: 30_000, essential: true})
  if (succeeded(result)) return []
  const message = `could not set the SELinux labels of what was written: restorecon ${describeEnd(result)}`
  return [{code: 'deed-failed', message, cure: `restorecon -Fv ${paths.join(' ')}`}]
}

/** Where that cannot be seen it is tried: restorecon then says for itself what is wrong. */
function isEnforced({files}: System): boolean {
  return unlessRefused(
    () => files.status('/sys/fs/selinux/enforce') !== undefined,
    () => true,
  )
}

function askForRelabelling(system: System): Problem[] {
  const message = 'this guest uses SELinux: it sets all labels at its next boot (/.autorelabel)'
  return unlessRefused(
    () => {
      const configuration = system.files.readText('/etc/selinux/config') ?? ''
      if (!/^SELINUX=(enforcing|permissive)\s*$/m.test(configuration)) return []
      system.files.write('/.autorelabel', '', {mode: 0o600})
      return [{code: 'deed-left-out', message}]
    },
    refusal => [{code: 'deed-failed', message: refusal.message, cure: 'touch /.autorelabel on this root'}],
  )
}
