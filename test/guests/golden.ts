// The maker of a golden image: a Debian in which somebody has worked, the agent installed, the image sealed, and a disc
// for each clone. All that the agent does here is done by its own commands.

import assert from 'node:assert/strict'
import {mkdtemp, rm, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {execa} from 'execa'
import type {Guest} from './guest.ts'
import {agentBinary} from './host.ts'

/** What only the machine on which the image was made has, and no clone may have. */
export const builder = {
  hostname: 'builders-desk',
  account: 'imagebuilder',
  password: 'builders-own-password',
  address: '10.99.88.77',
  nameServer: '10.99.88.53',
  mac: '02:00:0a:63:58:4d',
  machineId: '0b111de20b111de20b111de20b111de2',
  /** Stands in whatever else was left lying about. */
  mark: 'left-by-the-builder',
}

const litter: Record<string, string> = {
  '/etc/fstab': '/dev/vda / ext4 defaults 0 0\n',
  '/etc/machine-id': `${builder.machineId}\n`,
  '/var/lib/dbus/machine-id': `${builder.machineId}\n`,
  '/var/lib/systemd/random-seed': builder.mark,
  '/etc/udev/rules.d/70-persistent-net.rules': `SUBSYSTEM=="net", ATTR{address}=="${builder.mac}", NAME="eth0"\n`,
  '/var/lib/dhcp/dhclient.eth0.leases': `lease {\n  fixed-address ${builder.address};\n}\n`,
  '/var/lib/dhcpcd/duid': builder.mark,
  '/var/lib/NetworkManager/secret_key': builder.mark,
  '/var/lib/cloud/instances/i-0/user-data.txt': builder.mark,
  '/var/log/cloud-init.log': builder.mark,
  '/var/log/auth.log': `sshd: Accepted publickey for ${builder.account}\n`,
  '/var/log/syslog.1': `${builder.hostname} kernel: ${builder.mark}\n`,
  [`/var/log/journal/${builder.machineId}/system.journal`]: builder.hostname,
  '/var/log/wtmp': builder.account,
  '/root/.bash_history': `echo ${builder.mark}\n`,
  '/root/.ssh/known_hosts': `${builder.mark} ssh-ed25519 AAAA\n`,
  '/root/.lesshst': builder.mark,
  '/root/.viminfo': builder.mark,
  [`/home/${builder.account}/.bash_history`]: `echo ${builder.mark}\n`,
  '/var/mail/root': builder.mark,
  '/tmp/notes': builder.mark,
  '/var/tmp/notes': builder.mark,
  '/var/cache/apt/archives/nano_1_amd64.deb': builder.mark,
}

/** Runs the agent of this machine on the image tree. */
export async function agentOnTree(guest: Guest, exitCode: number, ...words: string[]): Promise<string> {
  const run = await guest.runOnTree(root => [agentBinary, ...words, '--root', root])
  assert.equal(run.exitCode, exitCode, `vmcontext ${words.join(' ')}\n${run.stdout}${run.stderr}`)
  return run.stdout + run.stderr
}

/**
 * Works in the image as its maker would: gives it a context of his own, and lets things lie about. Gives what stands for
 * him, word by word: no clone may have any of it.
 */
export async function workIn(guest: Guest, publicKey: string): Promise<string[]> {
  const directory = await mkdtemp(join(tmpdir(), 'vmcontext-builder-'))
  try {
    await writeFile(join(directory, 'context.sh'), buildersContext(publicKey))
    await writeFile(join(directory, 'nics'), `eth0 ${builder.mac}\n`)
    const place = ['--context', join(directory, 'context.sh'), '--links', join(directory, 'nics')]
    await agentOnTree(guest, 0, 'boot', '--quiet', ...place)
  } finally {
    await rm(directory, {recursive: true})
  }
  for (const [path, text] of Object.entries(litter)) await guest.writeFile(path, text)
  await guest.expect(['ssh-keygen', '-A'])
  const hostKeys = await guest.expect(['sh', '-c', 'cut -d " " -f 2 /etc/ssh/ssh_host_*_key.pub'])
  const hash = (await guest.expect(['grep', builder.account, '/etc/shadow'])).split(':')[1]!
  assert.match(hash, /^\$/)
  return [...Object.values(builder), publicKey.split(' ')[1]!, hash, ...hostKeys.trim().split('\n')]
}

function buildersContext(publicKey: string): string {
  return `SET_HOSTNAME='${builder.hostname}'
USERNAME='${builder.account}'
PASSWORD='${builder.password}'
SSH_PUBLIC_KEY='${publicKey}'
ETH0_MAC='${builder.mac}'
ETH0_IP='${builder.address}'
ETH0_DNS='${builder.nameServer}'
`
}

/** Asserts that none of these words stands in any file of the image, or in a file's name. */
export async function expectNoTraceInTree(guest: Guest, marks: readonly string[]): Promise<void> {
  const input = lines(marks)
  const search = await guest.runOnTree(root => ['sh', '-ec', searchTree, 'sh', root], {input})
  assert.deepEqual(search, {exitCode: 0, stdout: '', stderr: ''})
}

/** The same for what is on a disk. */
export async function expectNoTraceInFiles(disk: string, marks: readonly string[]): Promise<void> {
  const script = `mount -o loop,ro "$1" /mnt && set -- /mnt && ${searchTree}`
  const argv = ['--mount', 'sh', '-ec', script, 'sh', disk]
  const {stdout} = await execa('unshare', argv, {input: lines(marks)})
  assert.equal(stdout, '')
}

/** Asserts that a disk is fit to be cloned. */
export async function expectSealed(disk: string): Promise<void> {
  const script = 'mount -o loop,ro "$1" /mnt && "$2" seal --check --root /mnt'
  await execa('unshare', ['--mount', 'sh', '-ec', script, 'sh', disk, agentBinary])
}

/** Asserts that none of these words stands anywhere on a disk, not even where a file once was. */
export async function expectNoTraceOnDisk(disk: string, marks: readonly string[]): Promise<void> {
  const search = await execa('grep', ['-aoF', '-f', '-', disk], {input: lines(marks), reject: false})
  assert.deepEqual([...new Set(search.stdout.split('\n').filter(Boolean))], [])
  assert.equal(search.exitCode, 1)
}

/** A name that a mark is part of is a path in the list of paths. */
const searchTree = `
  marks=$(cat)
  echo "$marks" | grep -rlaF -f - "$1" || [ $? = 1 ]
  find "$1" -xdev | grep -F -e "$marks" || [ $? = 1 ]`

const lines = (words: readonly string[]) => words.map(word => `${word}\n`).join('')
