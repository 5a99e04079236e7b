// What the process may do.

/** Tells whether every file may be read. */
export function isRoot(): boolean {
  return process.geteuid?.() === 0
}
