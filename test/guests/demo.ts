// `npm run demo`: one guest from one context, shown step by step. As root it is a real guest in namespaces; without
// root, or without the tools, a directory that looks like one.

import {mkdir, mkdtemp, readFile, rm, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {dirname, join} from 'node:path'
import {styleText} from 'node:util'
import {execa} from 'execa'
import type {DiscFiles} from './context-disc.ts'
import {type Guest, startGuest} from './guest.ts'
import {agentBinary, whyNoGuest} from './host.ts'
import {type KeyPair, makeKeyPair, manualContext} from './manual-context.ts'
import {provideRoot} from './root-image.ts'

const nics = [
  {name: 'eth0', mac: '02:00:c0:a8:00:05', wire: ['192.168.0.1/24']},
  {name: 'eth1', mac: '02:00:0a:00:00:05', wire: ['10.0.0.1/24']},
]

/** As much of a Debian as an agent has to see to know it for one. */
const debianSkeleton: DiscFiles = {
  'etc/os-release': 'ID=debian\nVERSION_ID="12"\nPRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\n',
  'etc/debian_version': '12.0\n',
  'etc/hostname': 'debian\n',
  'etc/hosts': '127.0.0.1\tlocalhost\n127.0.1.1\tdebian\n',
  'etc/network/interfaces': 'auto lo\niface lo inet loopback\n',
  'etc/passwd': 'root:x:0:0:root:/root:/bin/bash\n',
  'etc/group': 'root:x:0:\n',
  'sbin/ifup': '',
}

const todayContext = {
  ETH0_MAC: nics[0]!.mac,
  ETH0_IP: '192.168.0.5',
  ETH0_GATEWAY: '192.168.0.1',
  ETH1_MAC: nics[1]!.mac,
  ETH1_IP: '10.0.0.7',
  ETH1_MASK: '255.0.0.0',
  ETH1_IP6: '2001:db8::7',
  ETH1_ALIAS0_IP: '10.0.0.8',
  USERNAME: 'virtualuser',
  PASSWORD: 'correct horse',
  TIMEZONE: 'Europe/Berlin',
  START_SCRIPT: '#!/bin/sh\necho "hello $USERNAME, it is $(date +%Z)"',
}

await using key = await makeKeyPair()
const files = manualContext(key.publicKey)
const reason = whyNoGuest('namespace')
if (reason === undefined) await showGuest(key, files)
else await showDirectory(reason, files)

async function showGuest(key: KeyPair, files: DiscFiles): Promise<void> {
  const root = await provideRoot(undefined, progress => say(`(${progress}: half a minute)`))
  await using guest = await startGuest({root, nics, disc: {label: 'CDROM', files}})
  say('A throw-away Debian 12 guest: its own processes, files, network; this')
  say('machine is not touched. Its network cards:')
  showNics()
  showContext(files)

  heading('What a boot would do')
  await show(guest, ['vmcontext', 'plan'])
  heading('The boot: first before the network, then last of all')
  await show(guest, ['vmcontext', 'boot', '--stage', 'local'])
  await show(guest, ['ifup', '-a'])
  await show(guest, ['vmcontext', 'boot', '--stage', 'final'])

  heading('The files it wrote')
  for (const path of ['/etc/network/interfaces', '/etc/hosts', '/etc/hostname'])
    await show(guest, ['cat', path])

  heading('What the kernel has after ifup')
  // A link is up a moment after it was told to be.
  await guest.run([
    'sh',
    '-c',
    'for n in 1 2 3 4 5 6 7 8 9; do grep -q down /sys/class/net/eth*/operstate && sleep 0.2; done',
  ])
  await show(guest, ['hostname'])
  await show(guest, ['ip', '-brief', '-4', 'address'])
  await show(guest, ['ip', 'route'])
  await show(guest, ['busybox', 'ping', '-c', '1', '-q', '192.168.0.1'])

  heading('The account and its key')
  await show(guest, ['getent', 'passwd', 'virtualuser'])
  await show(guest, ['stat', '-c', '%A %U %s %n', '/home/virtualuser/.ssh/authorized_keys'])
  await show(guest, ['ssh-keygen', '-lf', '/home/virtualuser/.ssh/authorized_keys'])
  say(`\nThe key made for this demo: ${await fingerprint(key)}`)

  heading('The second run')
  await show(guest, ['vmcontext', 'boot'])
  heading('The next boot')
  await guest.reboot()
  await show(guest, ['vmcontext', 'boot', '--stage', 'local'])
  await show(guest, ['ifup', '-a'])
  await showToday(guest, key)
}

/** What today's cloud says, and changes while the guest runs. */
async function showToday(guest: Guest, key: KeyPair): Promise<void> {
  heading("Another disc while the guest runs: a context of today's OpenNebula")
  await change(guest, todayContext)
  say('\nBy hand a change is checked. Only eth1 changes, so only eth1 goes down and up:')
  await show(guest, ['vmcontext', 'boot', '--verify', '5', '--rollback'])
  await show(guest, ['ip', '-brief', 'address'])
  await show(guest, ['cat', '/var/log/vmcontext/START_SCRIPT.log'])
  await show(guest, ['su', 'virtualuser', '-c', 'sudo -n id -un'])
  say('\nA key is named, and the script changed: that is all that is done.')
  await change(guest, todayContext, {SSH_PUBLIC_KEY: key.publicKey, START_SCRIPT: 'echo again'})
  await show(guest, ['vmcontext', 'boot'])
  heading('A change that cuts the guest off')
  await change(guest, todayContext, {SSH_PUBLIC_KEY: key.publicKey, ETH0_GATEWAY: '192.168.0.99'})
  await show(guest, ['vmcontext', 'boot', '--verify', '2', '--rollback'])
  await show(guest, ['ip', 'route'])
  await showByHand(guest)
}

/** What to ask a guest that is not as it should be. */
async function showByHand(guest: Guest): Promise<void> {
  heading('What is wrong, where it comes from, and back to what was')
  await show(guest, ['vmcontext', 'doctor', '--only', 'nics', '--only', 'gateway-answers'])
  await show(guest, ['vmcontext', 'explain', 'eth0'])
  await show(guest, ['vmcontext', 'status'])
  await show(guest, ['vmcontext', 'rollback', '--list'])
}

type Variables = Readonly<Record<string, string>>

/** Puts another disc in, and shows what is new on it. */
async function change(guest: Guest, variables: Variables, news: Variables = variables): Promise<void> {
  await guest.insert({label: 'CONTEXT', files: {'context.sh': spell({...variables, ...news})}})
  say(`\n${spell(news).trimEnd()}`)
}

function spell(variables: Variables): string {
  return Object.entries(variables)
    .map(([name, value]) => `${name}='${value}'\n`)
    .join('')
}

/** What can be shown without root: files of the context's making, in a directory. */
async function showDirectory(reason: string, files: DiscFiles): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'vmcontext-demo-'))
  try {
    await layOut(join(directory, 'guest'), debianSkeleton)
    await layOut(join(directory, 'context'), files)
    await writeFile(join(directory, 'nics'), nics.map(({name, mac}) => `${name} ${mac}\n`).join(''))
    say(`No throw-away guest, because: ${reason}.`)
    say('Instead a directory that looks like a Debian 12 with these network cards:')
    showNics()
    showContext(files)

    // Accounts are made by useradd, which needs root.
    const options = '--root guest --context context --links nics --set STEPS_OFF=account,keys'.split(' ')
    const showAgent = async (verb: string) => {
      const {all} = await execa(agentBinary, [verb, ...options], {cwd: directory, all: true, reject: false})
      showRun(`vmcontext ${verb} ${options.join(' ')}`, all)
    }
    heading('What a boot would do')
    await showAgent('plan')
    heading('The boot')
    await showAgent('boot')
    heading('The files it wrote')
    for (const path of ['etc/network/interfaces', 'etc/hosts', 'etc/hostname']) {
      showRun(`cat guest/${path}`, await readFile(join(directory, 'guest', path), 'utf8'))
    }
    heading('The second run')
    await showAgent('boot')
    heading('Left out')
    say('The running kernel: host name, addresses, routes. The account and its key.')
    say('init.sh. As root on Debian 12 the demo shows those too.')
  } finally {
    await rm(directory, {recursive: true})
  }
}

async function show(guest: Guest, argv: readonly [string, ...string[]]): Promise<void> {
  const {exitCode, stdout, stderr} = await guest.run(argv)
  showRun(argv.join(' '), stdout + stderr)
  if (exitCode !== 0) say(`(exit code ${exitCode})`)
}

function showRun(title: string, output: string): void {
  console.log(`\n${styleText('bold', `$ ${title}`)}`)
  if (output.trim() !== '') console.log(output.trimEnd())
}

function showNics(): void {
  console.log('')
  for (const {name, mac} of nics) console.log(`  ${name}  ${mac}`)
}

function showContext(files: DiscFiles): void {
  heading("The context: the OpenNebula 2.2 manual's example, on a CD")
  say(`\n${Object.keys(files).join(', ')}; context.sh says:\n`)
  say(`${files['context.sh']}`.trimEnd())
}

async function fingerprint({privateKeyFile}: KeyPair): Promise<string> {
  const {stdout} = await execa('ssh-keygen', ['-lf', `${privateKeyFile}.pub`])
  return stdout.split(' ')[1] ?? ''
}

function heading(text: string): void {
  console.log(`\n\n${styleText('bold', text)}\n${'='.repeat(text.length)}`)
}

function say(text: string): void {
  console.log(text)
}

async function layOut(directory: string, files: DiscFiles): Promise<void> {
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(directory, path)), {recursive: true})
    await writeFile(join(directory, path), `${content}`)
  }
}
