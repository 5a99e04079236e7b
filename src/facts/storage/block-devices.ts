// The block devices below a file system, from /sys: partition, disk, and what the device mapper makes of them. Nothing
// is started and little is read, for at most boots nothing is to be done.

import type {System} from '../../system/system.ts'
import {type PhysicalVolume, readVolumeGroup} from './lvm.ts'
import {parsePartitionTable} from './partition-table.ts'

export type BlockDevice = {
  /** The kernel's name: `vda1`, `dm-0`. */
  name: string
  /** The path that people know it by. */
  path: string
  bytes: number
  partition?: Partition | undefined
  /** `mapped`: made of others in a way that is not ours to change, as LUKS, RAID and multipath are. */
  kind: 'disk' | 'partition' | 'logical volume' | 'mapped'
  /** Of a logical volume that can grow by what its physical volumes gain. */
  volume?: VolumeFact | undefined
  /** What it is made of. */
  below: readonly BlockDevice[]
}

export type Partition = {
  disk: string
  number: number
  /** Free bytes directly behind it; what no partition may have is taken off. */
  gapBytes: number
  /** The unit in which the table counts. */
  sectorBytes: number
  /** The partition that this one lies in, where that has to grow first. */
  extended?: {number: number; bytes: number; gapBytes: number} | undefined
  /** Why it may not have that space: a table of no known kind, or another logical partition behind it. */
  obstacle?: 'table' | 'logical partition' | undefined
}

export type VolumeFact = {
  id: string
  /** `GROUP/NAME`, as the programs of LVM take it. */
  name: string
  extents: number
  extentBytes: number
  /** By the path of their devices. */
  physicalVolumes: readonly (PhysicalVolume & {path: string; bytes: number})[]
}

/** GPT keeps a copy of itself in so many sectors at the end; growpart leaves them free in any table. */
const sectorsAtEnd = 33
/** A table of 1983 counts sectors with 32 bits. */
const mostSectorsOfDos = 2 ** 32

/** Reads a device by its number, `254:1`; undefined if /sys does not have it. */
export function readBlockDevice(system: System, number: string): BlockDevice | undefined {
  const link = system.files.readLink(`/sys/dev/block/${number}`)
  if (link === undefined) return undefined
  const [disk, name] = link.split('/').slice(-2)
  return readNamed(system, name!, disk!)
}

/** Reads a device by its name in /sys, as it is now. */
export function readDeviceNamed(system: System, name: string): BlockDevice | undefined {
  const number = system.files.readText(`/sys/class/block/${name}/dev`)?.trim()
  return number === undefined ? undefined : readBlockDevice(system, number)
}

/** The size of a device as the kernel has it now, by its name in /sys. */
export function readDeviceBytes({files}: System, name: string): number {
  // In sectors of 512 bytes, whatever the device has.
  return 512 * Number(files.readText(`/sys/class/block/${name}/size`) ?? 0)
}

function readNamed(system: System, name: string, disk: string): BlockDevice {
  const {files} = system
  const directory = `/sys/class/block/${name}`
  const bytes = readDeviceBytes(system, name)
  const number = files.readText(`${directory}/partition`)?.trim()
  if (number !== undefined) {
    const partition = readPartition(system, disk, name, Number(number), bytes)
    return {name, path: pathOf(name), bytes, kind: 'partition', partition, below: []}
  }
  const below = files.list(`${directory}/slaves`).flatMap(slave => readDeviceNamed(system, slave) ?? [])
  const mapped = files.readText(`${directory}/dm/name`)?.trim()
  const path = mapped === undefined ? pathOf(name) : `/dev/mapper/${mapped}`
  const id = /^LVM-.{32}(.{32})$/.exec(files.readText(`${directory}/dm/uuid`)?.trim() ?? '')?.[1]
  if (id !== undefined) {
    return {name, path, bytes, kind: 'logical volume', volume: readVolume(system, id, below), below}
  }
  const kind = below.length > 0 || mapped !== undefined ? 'mapped' : 'disk'
  return {name, path, bytes, kind, below}
}

/** The kernel writes `!` for the slash in names such as cciss/c0d0. */
function pathOf(name: string): string {
  return `/dev/${name.replaceAll('!', '/')}`
}

function readPartition(system: System, disk: string, name: string, number: number, bytes: number): Partition {
  const {files} = system
  const directory = `/sys/class/block/${disk}`
  const sectorBytes = Number(files.readText(`${directory}/queue/logical_block_size`) ?? 512)
  const table = parsePartitionTable(files.readAt(pathOf(disk), 0, 512) ?? Buffer.alloc(0))
  const limit = Math.min(
    readDeviceBytes(system, disk) - sectorsAtEnd * sectorBytes,
    table.kind === 'dos' ? mostSectorsOfDos * sectorBytes : Number.POSITIVE_INFINITY,
  )
  const parts = readExtents(system, disk)
  const end = (parts.get(name)?.start ?? Number.POSITIVE_INFINITY) + bytes
  const neighbours = [...parts].flatMap(([other, extent]) => (other === name ? [] : extent))
  const fact = {disk: pathOf(disk), number, sectorBytes}
  const isLogical = number > 4 && table.extended !== undefined
  if (isLogical)
    return {...fact, ...measureLogical(end, neighbours, limit, {sectorBytes, ...table.extended!})}
  const gapBytes = gapBehind(end, neighbours, limit)
  return table.kind === 'other' ? {...fact, gapBytes, obstacle: 'table'} : {...fact, gapBytes}
}

/** A logical partition ends where the extended one does, which may grow itself. */
function measureLogical(
  end: number,
  neighbours: readonly Extent[],
  limit: number,
  extended: {number: number; start: number; size: number; sectorBytes: number},
): Pick<Partition, 'gapBytes' | 'extended' | 'obstacle'> {
  const {number, start, size, sectorBytes} = extended
  const extendedEnd = sectorBytes * (start + size)
  const inside = gapBehind(end, neighbours, extendedEnd)
  // Somewhere before the next one stands its own table, which the kernel does not show and nothing may run over.
  const isLast = neighbours.every(({start}) => start < end || start >= extendedEnd)
  if (!isLast) return {gapBytes: inside, obstacle: 'logical partition'}
  const gapBytes = gapBehind(extendedEnd, neighbours, limit)
  return {
    gapBytes: inside + Math.max(0, gapBytes),
    extended: {number, bytes: sectorBytes * size, gapBytes},
  }
}

type Extent = {start: number; end: number}

/** Where the partitions of a disk begin and end, in bytes, by name. Of an extended one the end is not to be seen. */
function readExtents({files}: System, disk: string): Map<string, Extent> {
  const directory = `/sys/class/block/${disk}`
  const read = (path: string) => 512 * Number(files.readText(`${directory}/${path}`)?.trim() ?? Number.NaN)
  const extents = files.list(directory).map((name): [string, Extent] => {
    const start = read(`${name}/start`)
    return [name, {start, end: start + read(`${name}/size`)}]
  })
  return new Map(extents.filter(([, {start}]) => Number.isFinite(start)))
}

/** The bytes from the end of a partition to the next one, or the limit. None where another one lies across the end. */
function gapBehind(end: number, neighbours: readonly Extent[], limit: number): number {
  if (neighbours.some(other => other.start < end && other.end > end)) return 0
  return Math.min(limit, ...neighbours.map(({start}) => start).filter(start => start >= end)) - end
}

function readVolume(system: System, id: string, below: readonly BlockDevice[]): VolumeFact | undefined {
  const readings = below.flatMap(({path, bytes}) => {
    const reading = readVolumeGroup((at, length) => system.files.readAt(path, at, length) ?? Buffer.alloc(0))
    return reading === undefined ? [] : {path, bytes, ...reading}
  })
  const group = readings[0]?.group
  const volume = group?.logicalVolumes.find(each => each.id === id)
  // A volume of another kind, or one that cannot be seen whole, is left as it is.
  if (group === undefined || !volume?.isLinear || readings.length < below.length) return undefined
  return {
    id,
    name: `${group.name}/${volume.name}`,
    extents: volume.extents,
    extentBytes: group.extentBytes,
    physicalVolumes: readings.map(({path, bytes, physicalVolume}) => ({...physicalVolume, path, bytes})),
  }
}
