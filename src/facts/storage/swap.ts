// Swap areas that nobody uses yet: OpenNebula attaches swap as a disk of its own, which no fstab names.

import {naturally} from '../../natural-order.ts'
import {unlessRefused} from '../../system/errors.ts'
import type {System} from '../../system/system.ts'
import {measuredLength, measureFileSystem} from './file-system-size.ts'
import {parseSwapHeader, type SwapHeader, swapHeaderLength} from './swap-header.ts'

/**
 * A device that is swap: in use, left to whoever reads /etc/fstab, free to be used, or with something else on it too, which
 * would be lost.
 */
export type SwapArea = {path: string; state: 'in use' | 'in fstab' | 'doubtful' | 'free'}

/** Devices that never are such a disk, and CD and floppy drives, in which a read may hang. */
const neverSwap = /^(ram|zram|nbd|md|fd|sr|loop)\d/
/** Nobody has more disks for swap; each of them costs a read. */
const mostDevices = 64

/** Looks at disks, partitions and logical volumes. */
export function readSwapAreas(system: System): SwapArea[] {
  const {files} = system
  const names = files.list('/sys/class/block').filter(name => !neverSwap.test(name))
  const candidates = names.filter(name => isCandidate(system, name, names)).slice(0, mostDevices)
  const found = candidates.toSorted(naturally).flatMap(name => {
    const path = `/dev/${name.replaceAll('!', '/')}`
    const area = readArea(system, path)
    return area === undefined || isRaidMember(system, name, path) ? [] : {path, ...area}
  })
  // Most guests have none, and then no table is read.
  if (found.length === 0) return []
  const used = readUsedSwap(system)
  const named = readNamedSwap(system)
  return found.map(({path, header, isDoubtful}) => {
    if (used.includes(path)) return {path, state: 'in use'}
    if (named.some(spec => isNamed(system, spec, path, header))) return {path, state: 'in fstab'}
    return {path, state: isDoubtful ? 'doubtful' : 'free'}
  })
}

/** Tells whether a device is among the swap in use now. */
export function readUsedSwap({files}: System): string[] {
  const lines = (files.readText('/proc/swaps') ?? '').split('\n').slice(1)
  return lines
    .map(line => line.split(/\s/)[0]!)
    .filter(path => path !== '')
    .map(path => files.followLinks(path))
}

/** Not part of something else, nor made of parts; and not to be read only. */
function isCandidate({files}: System, name: string, names: readonly string[]): boolean {
  const directory = `/sys/class/block/${name}`
  const isZero = (file: string) => files.readText(`${directory}/${file}`)?.trim() === '0'
  if (isZero('size') || !isZero('ro') || files.list(`${directory}/holders`).length > 0) return false
  if (name.startsWith('dm-')) return files.readText(`${directory}/dm/uuid`)?.startsWith('LVM-') ?? false
  const isPartitioned = names.some(
    other => other.startsWith(name) && /^p?\d+$/.test(other.slice(name.length)),
  )
  return !isPartitioned || files.linkStatus(`${directory}/partition`) !== undefined
}

/** A device that does not answer is not swap. */
function readArea({files}: System, path: string): {header: SwapHeader; isDoubtful: boolean} | undefined {
  const bytes = readQuietly(() => files.readAt(path, 0, Math.max(swapHeaderLength, measuredLength)))
  const header = bytes && parseSwapHeader(bytes)
  return header && {header, isDoubtful: measureFileSystem(bytes) !== undefined || hasLabel(bytes)}
}

/** LVM's label in one of the first four sectors, or that of LUKS: what was made later and left the old mark of swap. */
function hasLabel(bytes: Buffer): boolean {
  const isLvm = [0, 512, 1024, 1536].some(at => bytes.toString('latin1', at, at + 8) === 'LABELONE')
  return isLvm || bytes.toString('latin1', 0, 6) === 'LUKS\xba\xbe'
}

/** A mirror that is not assembled shows the swap in it, if it keeps its own superblock at its end (md(4)). */
function isRaidMember({files}: System, name: string, path: string): boolean {
  const sectors = Number(files.readText(`/sys/class/block/${name}/size`) ?? 0)
  const places = [sectors - (sectors % 128) - 128, sectors - 16 - (sectors % 8)]
  return places.some(place => {
    const bytes = place < 0 ? undefined : readQuietly(() => files.readAt(path, 512 * place, 4))
    return bytes?.length === 4 && bytes.readUInt32LE(0) === 0xa92b4efc
  })
}

/** A device that does not answer costs itself. */
function readQuietly(read: () => Buffer | undefined): Buffer | undefined {
  return unlessRefused(read, () => undefined)
}

/** What fstab(5) calls its swap, with `noauto` or without: that is for the init to use, or to leave. */
function readNamedSwap({files}: System): string[] {
  const lines = (files.readText('/etc/fstab') ?? '').split('\n')
  return lines.flatMap(line => {
    const [spec = '#', , type] = line.trim().split(/\s+/)
    return !spec.startsWith('#') && type === 'swap' ? [spec.replaceAll('"', '')] : []
  })
}

function isNamed({files}: System, spec: string, path: string, {uuid, label}: SwapHeader): boolean {
  const [, tag, value = ''] = /^([A-Z]+)=(.*)$/.exec(spec) ?? []
  if (tag === 'UUID') return value.toLowerCase() === uuid
  if (tag === 'LABEL') return value === label
  // Of partitions udev keeps links by these names.
  const link = tag === undefined ? spec : `/dev/disk/by-${tag.toLowerCase()}/${value}`
  return link.startsWith('/') && files.followLinks(link) === files.followLinks(path)
}
