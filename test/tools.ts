// What a test needs of the machine. What is missing is said aloud and skips the test; where CI is set it fails.

import {existsSync} from 'node:fs'
import {join} from 'node:path'
import type {TestContext} from 'node:test'
import {agentBinary, skip} from './guests/host.ts'

const directories = ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin']

/** Tells whether a program is there; if not, skips the test, or fails it in CI. */
export function requireTool(t: TestContext, program: string): boolean {
  return requireThat(
    t,
    directories.some(directory => existsSync(join(directory, program))),
    `${program} is not installed`,
  )
}

/** Tells whether the tests run as root; if not, skips the test, or fails it in CI. */
export function requireRoot(t: TestContext): boolean {
  return requireThat(t, process.getuid?.() === 0, 'it has to be run as root')
}

/** The packaged program; without it skips the test, or fails it in CI. */
export function requireBinary(t: TestContext): string | undefined {
  return requireThat(t, existsSync(agentBinary), 'dist/vmcontext is not built (npm run build)')
    ? agentBinary
    : undefined
}

/** Whether changes.py (campaign/crash) can run here; if not, skips the test, or fails it in CI. */
export function requireFollower(t: TestContext): boolean {
  const knowsCalls = process.arch === 'x64'
  return requireThat(t, knowsCalls, 'changes.py knows the calls of x86-64 alone') && requireTool(t, 'python3')
}

/** Tells whether something is so; if not, skips the test with the reason, or fails it in CI. */
export function requireThat(t: TestContext, isSo: boolean, reason: string): boolean {
  if (isSo) return true
  // Throws in CI, where nothing may be skipped.
  skip(reason)
  t.skip(reason)
  return false
}
