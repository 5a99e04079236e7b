// A volume group of LVM, read from the copy of its description that each physical volume carries: no program of LVM
// is started to see that nothing is to be done. Pure: the caller brings the bytes.
//
// lvm2, lib/format_text/layout.h: a label in one of the first four sectors, behind it the places of the descriptions,
// each a ring with a header of 512 bytes, and the description itself as text.

export type VolumeGroup = {
  name: string
  extentBytes: number
  physicalVolumes: readonly Omit<PhysicalVolume, 'tailBytes'>[]
  logicalVolumes: readonly LogicalVolume[]
}

/** `id`s stand without their dashes, as the kernel has them. */
export type PhysicalVolume = {
  id: string
  startBytes: number
  extents: number
  /** What a second copy of the description takes at its end. */
  tailBytes: number
}
export type LogicalVolume = {id: string; name: string; extents: number; isLinear: boolean}

/** Reads `length` bytes of the device from an offset. */
export type ReadAt = (offset: number, length: number) => Buffer

const sector = 512
/** A description is a few KiB; what claims to be larger than this is none. */
const largestDescription = 16 * 1024 * 1024

/** Reads the description on a physical volume, and which one of the group it is; undefined if there is none. */
export function readVolumeGroup(
  readAt: ReadAt,
): {group: VolumeGroup; physicalVolume: PhysicalVolume} | undefined {
  const label = findLabel(readAt(0, 4 * sector))
  if (label === undefined) return undefined
  const text = readDescription(readAt, label.ring)
  const group = text === undefined ? undefined : describeGroup(parseConfig(text))
  const physicalVolume = group?.physicalVolumes.find(({id}) => id === label.id)
  if (group === undefined || physicalVolume === undefined) return undefined
  const {startBytes, extents} = physicalVolume
  const {tailBytes} = label
  const numbers = [
    group.extentBytes,
    startBytes,
    extents,
    tailBytes,
    ...group.logicalVolumes.map(volume => volume.extents),
  ]
  return numbers.every(Number.isSafeInteger) && group.extentBytes > 0
    ? {group, physicalVolume: {...physicalVolume, tailBytes}}
    : undefined
}

type Ring = {offset: number; size: number}

function findLabel(bytes: Buffer): {id: string; ring: Ring; tailBytes: number} | undefined {
  const at = [0, 1, 2, 3]
    .map(index => index * sector)
    .find(start => bytes.toString('latin1', start, start + 8) === 'LABELONE')
  if (at === undefined || bytes.toString('latin1', at + 24, at + 32) !== 'LVM2 001') return undefined
  const header = at + bytes.readUInt32LE(at + 20)
  const places: Ring[][] = [[], []]
  let list = 0
  // The places of data, then those of descriptions; a place of zeros ends each list.
  for (let place = header + 40; list < 2 && place + 16 <= bytes.length; place += 16) {
    const [offset, size] = [bytes.readBigUInt64LE(place), bytes.readBigUInt64LE(place + 8)].map(Number)
    if (offset === 0) list += 1
    else places[list]!.push({offset: offset!, size: size!})
  }
  const [ring, ...copies] = places[1]!
  if (ring === undefined) return undefined
  const tailBytes = copies.reduce((sum, {size}) => sum + size, 0)
  return {id: bytes.toString('latin1', header, header + 32), ring, tailBytes}
}

function readDescription(readAt: ReadAt, {offset, size}: Ring): string | undefined {
  const header = readAt(offset, sector)
  if (header.length < sector || header.toString('latin1', 4, 20) !== ' LVM2 x[5A%r0N*>') return undefined
  const start = Number(header.readBigUInt64LE(40))
  const length = Number(header.readBigUInt64LE(48))
  const isInRing = start >= sector && start < size && Number.isSafeInteger(offset + size)
  if (!isInRing || length === 0 || length > Math.min(size, largestDescription)) return undefined
  const first = Math.min(length, size - start)
  const bytes = Buffer.concat([readAt(offset + start, first), readAt(offset + sector, length - first)])
  return bytes.length === length ? bytes.toString('utf8') : undefined
}

type Section = {[name: string]: Section | string | number}

/** Sections in braces, numbers, texts and lists; lists and comments say nothing that is wanted here. */
function parseConfig(text: string): Section {
  const tokens = text.matchAll(
    /#[^\n]*|\[(?:"(?:[^"\\]|\\.)*"|[^\]"])*\]|"((?:[^"\\]|\\.)*)"|([A-Za-z0-9_.+-]+)|([{}=])/g,
  )
  const root = makeSection()
  const path = [root]
  let name = ''
  let isValue = false
  for (const [, quoted, word, sign] of tokens) {
    const section = path.at(-1)!
    if (sign === '{') {
      const inner = makeSection()
      section[name] = inner
      path.push(inner)
    } else if (sign === '}') {
      if (path.length > 1) path.pop()
    } else if (sign === '=') {
      isValue = true
    } else if (isValue && (quoted ?? word) !== undefined) {
      section[name] = quoted ?? Number(word)
      isValue = false
    } else if (word !== undefined) {
      name = word
    } else {
      isValue = false
    }
  }
  return root
}

/** Without a prototype: any name may be called `toString` or `__proto__`. */
function makeSection(): Section {
  return Object.create(null)
}

function describeGroup(root: Section): VolumeGroup | undefined {
  const [name, group] = Object.entries(root).find(([, value]) => typeof value === 'object') ?? []
  if (name === undefined || typeof group !== 'object') return undefined
  return {
    name,
    extentBytes: sector * numberOf(group.extent_size),
    physicalVolumes: sections(group.physical_volumes).map(([, volume]) => ({
      id: idOf(volume),
      startBytes: sector * numberOf(volume.pe_start),
      extents: numberOf(volume.pe_count),
    })),
    logicalVolumes: sections(group.logical_volumes).map(([name, volume]) => {
      const segments = sections(volume).map(([, segment]) => segment)
      const extents = segments.reduce((sum, segment) => sum + numberOf(segment.extent_count), 0)
      const isLinear = segments.every(({type, stripe_count}) => type === 'striped' && stripe_count === 1)
      return {id: idOf(volume), name, extents, isLinear}
    }),
  }
}

function sections(value: Section | string | number | undefined): [string, Section][] {
  if (typeof value !== 'object') return []
  return Object.entries(value).filter((entry): entry is [string, Section] => typeof entry[1] === 'object')
}

/** Where a number is wanted and a section stands, there is none. */
function numberOf(value: Section | string | number | undefined): number {
  return typeof value === 'object' ? Number.NaN : Number(value)
}

function idOf({id}: Section): string {
  return typeof id === 'string' ? id.replaceAll('-', '') : ''
}
