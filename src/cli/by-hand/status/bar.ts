// A bar of characters.

/** Left parts of a cell, an eighth to seven: U+258F to U+2589. */
const parts = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'] as const

/**
 * Draws a share (0 to 1) of some columns: in eighths of one where there are block characters, else in `#`. Whatever took
 * any time at all is seen.
 */
export function drawBar(share: number, columns: number, hasBlocks: boolean): string {
  const clamped = Math.min(Math.max(share, 0), 1)
  if (!hasBlocks) return '#'.repeat(atLeastOne(clamped, columns))
  const eighths = atLeastOne(clamped, columns * 8)
  return '█'.repeat(Math.floor(eighths / 8)) + parts[eighths % 8]!
}

function atLeastOne(share: number, units: number): number {
  return share === 0 ? 0 : Math.max(1, Math.round(share * units))
}
