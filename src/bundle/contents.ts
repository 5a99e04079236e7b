// What is in a bundle, for whoever looks inside before it is sent.

import {hashBytes} from '../report/manifest.ts'
import type {Entry} from './archive.ts'
import type {Guest} from './guest.ts'
import type {Bundle, BundleOptions} from './make.ts'

const what: readonly (readonly [RegExp, string])[] = [
  [/^plan\./, 'what the next boot would do'],
  [/^difference/, 'where the plan made from this bundle is another one'],
  [/^answers/, 'what is known of each path, and what programs answered'],
  [/^root\/etc\/shadow$/, 'which accounts have a password, of which kind, and which are locked'],
  [/^root\//, 'a file of the guest'],
  [/^context\//, 'a file of the context'],
  [/^report\.json$/, 'what came of the boot'],
  [/^log/, 'the end of the log'],
  [/^doctor/, 'what the doctor found'],
  [/^machine/, 'the machine, and versions'],
]

export function describeBundle(
  about: Omit<Bundle, 'bytes'>,
  guest: Guest,
  {agent, now}: BundleOptions,
): Entry {
  const {entries, leftOut, masked, difference, notSeen} = about
  const manifest = {
    version: 1,
    agent,
    made: now.toISOString(),
    guest: {root: guest.root, live: guest.live},
    plan: {isSame: difference === undefined},
    masked,
    leftOut,
    notSeen,
    entries: entries.map(({name, bytes, link}) => ({
      name,
      what: what.find(([pattern]) => pattern.test(name))?.[1],
      ...(link === undefined ? {bytes: bytes.length, sha256: hashBytes(bytes)} : {link}),
    })),
  }
  return {name: 'manifest.json', bytes: Buffer.from(`${JSON.stringify(manifest, null, 2)}\n`)}
}

/** How many files there are in it, links left out. */
export function countFiles({entries}: Pick<Bundle, 'entries'>): number {
  return entries.filter(({link}) => link === undefined).length
}
