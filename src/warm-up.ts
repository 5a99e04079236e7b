// Run once while the binary is built, before V8 takes its snapshot: what a boot executes is then compiled already, and
// a real boot need not do it again. A guest made of a few files is booted, with a context of 2.2 and with one of
// today, and nothing remains of it but compiled functions.
//
// No timer may be set here, and so a command has neither a timeout nor outputs to wait for. Node would remember when
// it was due, by the clock of the build, and take that for the next moment at which any timer is (seen: timeouts that
// never came).

import {dirname, join} from 'node:path'
import {start} from './cli/start.ts'
import {readStorage} from './facts/storage/storage.ts'
import {warmUpLive} from './live-warm-up.ts'
import {runCommand} from './system/commands.ts'
import {openFiles} from './system/files.ts'
import {openSystem} from './system/system.ts'

const key = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f warm@up'

const files = {
  'root/etc/os-release': 'ID=debian\nVERSION_ID="12"\nPRETTY_NAME="Debian GNU/Linux 12"\n',
  'root/etc/network/interfaces': 'auto lo\niface lo inet loopback\n\nauto eth0\niface eth0 inet dhcp\n',
  'root/etc/ssh/sshd_config': 'Include /etc/ssh/sshd_config.d/*.conf\nUsePAM yes\n',
  'root/etc/hosts': '127.0.0.1\tlocalhost\n127.0.1.1\tdebian\n',
  'root/etc/vmcontext.conf': 'MAC_PREFIX=02:00\n',
  'root/etc/passwd': 'root:x:0:0:root:/root:/bin/sh\n',
  'root/etc/rcS.d/S10networking': '',
  'root/proc/sys/kernel/random/boot_id': 'warm-up\n',
  'root/proc/self/mountinfo': '22 1 254:1 / / rw,relatime - ext4 /dev/vda1 rw\n',
  'root/dev/vda': '\0'.repeat(512),
  'root/dev/vda1': '\0'.repeat(70_000),
  'root/sys/class/block/vda/vda1/start': '2048\n',
  'root/sys/class/block/vda/size': '4096\n',
  'root/sys/class/block/vda/ro': '0\n',
  'root/sys/class/block/vda1/partition': '1\n',
  'root/sys/class/block/vda1/size': '2048\n',
  'root/sys/class/block/vda1/ro': '0\n',
  'root/root/.profile': '',
  'root/sys/class/net/eth0/address': '02:00:c0:a8:00:05\n',
  'root/sys/class/net/eth0/type': '1\n',
  'root/context/context.sh': `# Context\nhostname="web"\nip_public='192.168.0.5'\nssh_public_key="${key}"\n`,
  'root/context/init.sh': '#!/bin/sh\n',
  'today/context.sh': [
    "ETH0_MAC='02:00:c0:a8:00:05'\nETH0_IP='192.168.0.6'\nETH0_MASK='255.255.255.0'\nETH0_GATEWAY='192.168.0.1'",
    "ETH0_DNS='192.168.0.1'\nETH0_IP6='2001:db8::5'\nETH0_MTU='1500'\nSET_HOSTNAME='web'\n",
  ].join('\n'),
}

/** Boots the guest in a directory that the build has made and removes. */
export async function warmUp(directory: string): Promise<void> {
  const machine = openFiles('/')
  const lay = (name: string, text: string) => {
    const path = join(directory, name)
    machine.makeDirectory(dirname(path))
    machine.write(path, text, {mode: 0o644, durable: false})
  }
  for (const [name, text] of Object.entries(files)) lay(name, text)
  const quiet = {
    environment: {},
    isTerminal: () => false,
    columns: () => 80,
    print() {},
    printError() {},
    ask: () => undefined,
    onStop() {},
  }
  const today = ['--context', join(directory, 'today')]
  for (const options of [[], [], today, today]) {
    const args = ['boot', ...options, '--force', '--root', join(directory, 'root')]
    const exitCode = await start({...quiet, args}, '')
    if (exitCode !== 0) throw new Error(`the warm-up's boot ended with ${exitCode}`)
  }
  lookAtDisks(join(directory, 'root'))
  await warmUpLive(directory, lay)
  const outputTo = machine.openToAppend('/dev/null')
  await runCommand({argv: ['true'], timeoutMs: Number.POSITIVE_INFINITY, outputTo})
  machine.close(outputTo)
  if (process.getActiveResourcesInfo().includes('Timeout')) throw new Error('the warm-up has set a timer')
  forgetText()
}

/** Of a root that is a directory no boot looks at the disks. */
function lookAtDisks(root: string): void {
  const system = {...openSystem(root), live: true}
  system.files.makeDirectory('/sys/dev/block')
  system.files.link('/sys/dev/block/254:1', '../../devices/block/vda/vda1')
  readStorage(system, {growth: [{path: '/'}], usesSwap: true, shares: []}, read => read())
}

/** Small buffers are cut from a common one, which still holds the text of the last: with times, no two builds alike. */
function forgetText(): void {
  for (let count = 0; count < 8; count += 1) Buffer.allocUnsafe(Buffer.poolSize / 2 - 1).fill(0)
}
