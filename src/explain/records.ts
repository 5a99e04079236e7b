// What the manifest says of a file, and files that steps take care of in another way than writing them whole.

import type {Prepared} from '../prepare.ts'
import type {DriftKind} from '../report/drift.ts'
import {manifestPath, type OwnedFile, stateDirectory} from '../report/manifest.ts'

/** Tells what is known of a file of ours. */
export function describeRecord(
  {sha256, link, previous, adopted}: OwnedFile,
  drift: DriftKind | undefined,
): string[] {
  const deed =
    link !== undefined ? `made it a link to ${link}` : sha256 === null ? 'took it away' : 'has written it'
  const before =
    previous === null ? 'nothing stood there before' : 'a copy of what stood there before is kept'
  const whose = adopted ? 'A rival wrote it, and install --take-over made it ours' : `vmcontext ${deed}`
  return [`${whose}; ${before}.`, ...(drift === undefined ? [] : [driftWords[drift]])]
}

const driftWords: Readonly<Record<DriftKind, string>> = {
  changed: 'Somebody has changed it since: it drifts from what vmcontext left.',
  missing: 'Somebody has removed it since.',
  returned: 'vmcontext took it away, and it is there again.',
  unreadable: 'Whether somebody has changed it since cannot be seen: run as root.',
}

type WellKnown = {pattern: RegExp; describe: (path: string, prepared: Prepared) => readonly string[]}

const wellKnown: readonly WellKnown[] = [
  {
    pattern: /authorized_keys2?$/,
    describe: (_, {manifest}) => {
      const accounts = Object.keys(manifest.keys)
      const whose =
        accounts.length === 0
          ? 'So far it has installed none.'
          : `So far it has installed keys of ${accounts.join(', ')}.`
      return [
        'The step keys adds its keys to such a file and takes them out again, one line each; lines of others stay.',
        whose,
        'explain keys says which keys are asked for.',
      ]
    },
  },
  {
    pattern: /^\/etc\/(passwd|shadow|group|gshadow)$/,
    describe: () => [
      'The steps account and password change it through the tools of the guest, never by themselves; it is not shown.',
    ],
  },
  {
    pattern: /^\/run\/one-context\/one_env$/,
    describe: () => ['The step onegate keeps it for the tool onegate. It holds a token, so it is not shown.'],
  },
  {
    pattern: /^\/var\/lib\/vmcontext\/|^\/run\/vmcontext\/|^\/var\/log\/vmcontext/,
    describe: path => [
      path === manifestPath
        ? 'The manifest: what vmcontext owns on this guest, with a kept copy of what stood there before.'
        : `vmcontext keeps it for itself; ${stateDirectory} outlives a boot, /run does not, vmcontext log shows the log.`,
    ],
  },
  {
    pattern: /^\/etc\/vmcontext\.conf(\.d\/.*)?$/,
    describe: path => [
      `${path} is the image's owner's: vmcontext reads it and never writes it.`,
      'explain, with nothing behind it, lists the settings that hold.',
    ],
  },
]

/** Describes a file that no step writes as a whole; undefined for any other. */
export function describeWellKnown(path: string, prepared: Prepared): readonly string[] | undefined {
  return wellKnown.find(({pattern}) => pattern.test(path))?.describe(path, prepared)
}
