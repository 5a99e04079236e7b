// Sizes for a person.

const units = ['KiB', 'MiB', 'GiB', 'TiB', 'PiB']

/** Formats a number of bytes: `9.9 GiB`. */
export function formatBytes(bytes: number): string {
  let value = bytes / 1024
  let unit = 0
  while (value >= 1023.95 && unit < units.length - 1) {
    value /= 1024
    unit += 1
  }
  return `${value.toFixed(1)} ${units[unit]}`
}
