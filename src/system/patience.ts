// Waiting for something that may take longer than anybody wants to wait.

import {setTimeout as delay} from 'node:timers/promises'

/** What a promise gives, or undefined if it takes longer than that; it then goes on by itself. */
export async function waitAtMost<T>(promise: Promise<T>, limitMs: number): Promise<T | undefined> {
  const timer = new AbortController()
  const tooLong = delay(limitMs, undefined, {signal: timer.signal}).catch(() => undefined)
  try {
    return await Promise.race([promise, tooLong])
  } finally {
    timer.abort()
  }
}
