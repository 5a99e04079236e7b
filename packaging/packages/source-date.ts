// The one time that all files of all packages have, so that the same binary gives the same package.

import {execFile} from 'node:child_process'
import {stat} from 'node:fs/promises'
import {join} from 'node:path'
import {env} from 'node:process'
import {promisify} from 'node:util'

const repository = join(import.meta.dirname, '..', '..')

/**
 * Gives it in seconds: SOURCE_DATE_EPOCH (reproducible-builds.org/specs/source-date-epoch), else that of the last commit,
 * else, where there is no git, that of package.json.
 */
export async function findSourceDate(): Promise<number> {
  if (/^\d+$/.test(env.SOURCE_DATE_EPOCH ?? '')) return Number(env.SOURCE_DATE_EPOCH)
  const log = ['log', '-1', '--format=%ct']
  const {stdout} = await promisify(execFile)('git', log, {cwd: repository}).catch(() => ({stdout: ''}))
  if (/^\d+\s*$/.test(stdout)) return Number(stdout)
  return Math.floor((await stat(join(repository, 'package.json'))).mtimeMs / 1000)
}
