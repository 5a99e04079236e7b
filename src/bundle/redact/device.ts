// The first bytes of a device: tables and superblocks stay, what else lies there (programs, memory that was swapped out)
// does not.

import type {Slice} from '../traces.ts'

type Window = {from: number; to: number; when(bytes: (offset: number, length: number) => string): boolean}

const windows: readonly Window[] = [
  // A partition table of 1983; linux/fs/xfs/libxfs/xfs_format.h; LVM's label in one of four sectors.
  {from: 440, to: 512, when: at => at(510, 2) === '\x55\xaa'},
  {from: 0, to: 512, when: at => at(0, 4) === 'XFSB'},
  {from: 0, to: 2048, when: at => [0, 512, 1024, 1536].some(offset => at(offset, 8) === 'LABELONE')},
  // linux/fs/ext4/ext4.h; linux/include/linux/swap.h; linux/include/uapi/linux/btrfs_tree.h.
  {from: 1024, to: 2048, when: at => at(1080, 2) === '\x53\xef'},
  ...[4096, 8192, 16384, 65536].flatMap(page => [
    {from: 1024, to: 1536, when: (at: Reader) => /^SWAP/.test(at(page - 10, 10))},
    {from: page - 10, to: page, when: (at: Reader) => /^SWAP/.test(at(page - 10, 10))},
  ]),
  {from: 65536, to: 69632, when: at => at(65600, 8) === '_BHRfS_M'},
]

type Reader = (offset: number, length: number) => string

/** Blanks everything but what a plan reads. Small pieces are marks, and where LVM is, the rest is its own text. */
export function redactSlices(slices: readonly Slice[]): Slice[] {
  const isLvm = slices.some(({offset, bytes}) => offset === 0 && bytes.subarray(0, 2048).includes('LABELONE'))
  return slices.map(slice => {
    if (slice.bytes.length <= 16 || (isLvm && slice.offset > 0)) return slice
    return {...slice, bytes: redactSlice(slice)}
  })
}

function redactSlice({offset, bytes}: Slice): Buffer {
  const at: Reader = (from, length) =>
    bytes.toString('latin1', Math.max(0, from - offset), Math.max(0, from - offset + length))
  const kept = Buffer.alloc(bytes.length)
  for (const {from, to, when} of windows) {
    const [start, end] = [from - offset, Math.min(to - offset, bytes.length)]
    if (start >= 0 && start < end && when(at)) bytes.copy(kept, start, start, end)
  }
  return kept
}
