// How long a boot takes, beside what it is compared with: `npm run bench`. Times of a shared machine mean nothing by
// themselves, so what counts are the ratios. Shows figures and judges nothing: its exit code is 0 whatever they are.
//
//   npm run bench -- [ROUNDS] [--only PART] [--json FILE]
//
// The measuring (run.ts) is a process in a mount namespace of its own: what it mounts goes with it, even if it is killed.

import {spawnSync} from 'node:child_process'
import {join} from 'node:path'
import {whyNoGuest} from '../guests/host.ts'

const why = whyNoGuest('namespace')
if (why === undefined) {
  const run = [process.execPath, join(import.meta.dirname, 'run.ts'), ...process.argv.slice(2)]
  const {status} = spawnSync('unshare', ['--mount', '--propagation', 'private', ...run], {stdio: 'inherit'})
  process.exitCode = status ?? 1
} else {
  console.log(`No benchmark here: ${why}`)
}
