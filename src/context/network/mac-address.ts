// MAC addresses, and the IPv4 address that OpenNebula puts into one: MAC_PREFIX followed by the four bytes.

/** Two bytes in front of the address, or `any` for whatever stands there. */
export type MacPrefix = 'any' | string

/** OpenNebula's default, `MAC_PREFIX` in oned.conf. */
export const defaultMacPrefix = '02:00'

/** Reads a MAC in any case with colons or dashes and gives it in lower case with colons; undefined if it is none. */
export function parseMac(text: string): string | undefined {
  const mac = text.trim().toLowerCase().replaceAll('-', ':')
  return /^([0-9a-f]{2}:){5}[0-9a-f]{2}$/.test(mac) ? mac : undefined
}

/** Reads a MAC that one NIC can have: not zero, and not one of a group (its lowest bit of the first byte, IEEE 802). */
export function parseHostMac(text: string): string | undefined {
  const mac = parseMac(text)
  const isGroup = mac !== undefined && (Number.parseInt(mac.slice(0, 2), 16) & 1) === 1
  return isGroup || mac === '00:00:00:00:00:00' ? undefined : mac
}

/** Reads a prefix of two bytes, or `any`; undefined if the text is neither. */
export function parseMacPrefix(text: string): MacPrefix | undefined {
  const prefix = text.trim().toLowerCase().replaceAll('-', ':')
  return prefix === 'any' || /^[0-9a-f]{2}:[0-9a-f]{2}$/.test(prefix) ? prefix : undefined
}

/** Decodes the address that a MAC carries: `02:00:c0:a8:00:05` is 192.168.0.5. Undefined under another prefix. */
export function decodeMac(mac: string, prefix: MacPrefix): string | undefined {
  if (prefix !== 'any' && !mac.startsWith(`${prefix}:`)) return undefined
  const bytes = mac.split(':').slice(2)
  return bytes.map(byte => Number.parseInt(byte, 16)).join('.')
}
