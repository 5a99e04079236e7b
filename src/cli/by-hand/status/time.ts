// Moments for a person.

/** `2026-11-23 20:16:40 UTC`: the clock of a guest at boot is what it is. */
export function formatTime(iso: string): string {
  return iso.replace('T', ' ').replace(/\.\d+Z$/, ' UTC')
}
