// Scripts in /etc/one-context.d. Those of the package do what the agent does itself; those of the image's owner would
// run no more, so each is named with the place where it belongs.

import type {Problem} from '../../problem.ts'
import type {System} from '../../system/system.ts'

const directory = '/etc/one-context.d'

/** What the package has had there in any version, without the number: `loc-10-network`, `05-hostname`. */
const packaged = new Set([
  ...[
    'network',
    'network-pci',
    'dns',
    'ssh_public_key',
    'ssh_host_key',
    'selinux-ssh',
    'mount-swap',
    'hostname',
  ],
  ...['grow-rootfs', 'gen-env', 'set-username-password', 'fix-loopback', 'console', 'securetty', 'timezone'],
  ...['run-dir', 'mount-virtiofs', 'firewall', 'ip_forward', 'keepalived', 'start-script', 'execute-scripts'],
  ...['cloudinit-start', 'cloudinit-finish', 'report-ready'],
])

/** Names the scripts that somebody else has put there. */
export function findOwnHooks({files}: System): Problem[] {
  return files
    .list(directory)
    .filter(name => files.status(`${directory}/${name}`)?.isFile() && !isPackaged(name))
    .map(describe)
}

function isPackaged(name: string): boolean {
  const match = /^(?:loc-|net-)?\d\d-(.+)$/.exec(name)
  return match !== null && packaged.has(match[1]!)
}

/** one-context runs `loc-*` before the network, everything else behind it. */
function describe(name: string): Problem {
  const place = name.startsWith('loc-') ? 'local' : 'final'
  const message = 'this is none of the package one-context, and vmcontext does not run it'
  const cure = `if it is still needed, put it into /etc/vmcontext.d/${place}/`
  return {code: 'hook-passed-over', file: `${directory}/${name}`, message, cure}
}
