// The header of a swap area: the page that mkswap(8) writes at its start. Pure: the caller brings the bytes.

export type SwapHeader = {
  uuid: string
  label: string
}

/** How many bytes from the start of a device `parseSwapHeader` wants: the largest page there is. */
export const swapHeaderLength = 64 * 1024
const pageSizes = [4096, 8192, 16_384, 32_768, 65_536]

/**
 * Recognises swap that is ready to be used. While a guest hibernates its memory lies there, and another word stands
 * in the place of this one (linux/kernel/power/swap.c): such an area is none.
 */
export function parseSwapHeader(bytes: Buffer): SwapHeader | undefined {
  const isThere = pageSizes.some(size => bytes.toString('latin1', size - 10, size) === 'SWAPSPACE2')
  if (!isThere) return undefined
  // linux/include/linux/swap.h: behind the boot sector version, last page, bad pages; then UUID and label.
  const digits = bytes.toString('hex', 1036, 1052)
  const uuid = digits.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
  return {uuid, label: bytes.toString('utf8', 1052, 1068).replace(/\0.*$/s, '')}
}
