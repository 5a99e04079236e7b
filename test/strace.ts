// Runs that are killed at one of their changes.

/** The words before a command that kill it, or a program that it starts, at the nth system call of a name. */
export function killAt(call: string, count: number): string[] {
  const injection = `inject=${call}:signal=KILL:when=${count}`
  return ['strace', '-f', '-qq', '-o', '/dev/null', '-e', injection]
}
