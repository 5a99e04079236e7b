// What memory is whose: pages of one's own, and the part of those shared with others (proc_pid_smaps(5)).

import {makeKeyPair} from '../guests/manual-context.ts'
import {discThatLooks} from './contexts.ts'
import {nodePath, provideNodeLayer, startBenchGuest} from './guests.ts'
import {row} from './table.ts'

/** KiB of a process: all its pages, its share of them, and those that are its alone. */
export type Memory = {residentKiB: number; proportionalKiB: number; privateKiB: number}

/** Asks the kernel about bare Node and about the agent while its script runs, which is near the end of a boot. */
export async function lookInside(): Promise<{figures: Record<string, Memory>; lines: string[]}> {
  await using node = await provideNodeLayer()
  await using key = await makeKeyPair()
  await using guest = await startBenchGuest(2, discThatLooks(key.publicKey), {layers: [node.path]})
  const ask = 'process.stdout.write(fs.readFileSync("/proc/self/smaps_rollup"))'
  const bare = parseMemory(await guest.expect([nodePath, '-e', ask]))
  await guest.expect(['vmcontext', 'boot'])
  const text = await guest.readFile('/root/memory')
  if (!text.startsWith('/usr/sbin/vmcontext\n'))
    throw new Error(`the script of a context has another parent: ${text}`)
  const figures = {'bare Node': bare, 'vmcontext boot, as its script runs': parseMemory(text)}
  return {figures, lines: formatMemory(figures)}
}

/** Reads smaps_rollup. */
export function parseMemory(text: string): Memory {
  const of = (name: string) =>
    Number(text.match(new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm'))?.[1] ?? Number.NaN)
  return {
    residentKiB: of('Rss'),
    proportionalKiB: of('Pss'),
    privateKiB: of('Private_Clean') + of('Private_Dirty'),
  }
}

function formatMemory(figures: Readonly<Record<string, Memory>>): string[] {
  const head = row('', ['resident', 'its share', 'private'])
  const mebibytes = (kib: number) => `${(kib / 1024).toFixed(1)} MiB`
  const rows = Object.entries(figures).map(([name, {residentKiB, proportionalKiB, privateKiB}]) =>
    row(name, [residentKiB, proportionalKiB, privateKiB].map(mebibytes)),
  )
  return ['', head, ...rows]
}
