// What an installation has done or would do, in lines for a person.

import {posix} from 'node:path'
import type {Deed} from '../../image/deed.ts'
import type {InstallPlan} from '../../image/install/plan.ts'
import {recordPath} from '../../image/install/record.ts'
import {formatProblem, type Problem, weighProblem} from '../../problem.ts'
import {stateDirectory} from '../../report/manifest.ts'
import {formatParagraph} from '../paragraph.ts'

/** Each deed with its reason. */
export function formatDeeds(deeds: readonly Deed[]): string {
  return deeds.map(deed => formatParagraph(verbs[deed.kind], [describe(deed), `  ${deed.reason}`])).join('')
}

const verbs: Readonly<Record<Deed['kind'], string>> = {
  write: 'write',
  copy: 'copy',
  remove: 'remove',
  'remove-directory': 'remove',
  empty: 'empty',
  link: 'link',
  rename: 'rename',
  'make-directory': 'create',
  run: 'run',
  'revoke-keys': 'revoke',
  'lock-password': 'lock',
  'delete-account': 'delete',
}

function describe(deed: Deed): string {
  if (deed.kind === 'run') return deed.argv.join(' ')
  if (deed.kind === 'link') return `${deed.path} -> ${deed.target}`
  if (deed.kind === 'rename') return `${deed.path} to ${posix.basename(deed.to)}`
  return 'path' in deed ? deed.path : deed.account
}

/** What was put, removed and enabled, by directory. */
export function formatDone({deeds, notes}: Pick<InstallPlan, 'deeds' | 'notes'>): string {
  const isOwnRecord = (path: string) => path === recordPath || path.startsWith(`${stateDirectory}/`)
  const paths = (kinds: readonly Deed['kind'][]) =>
    deeds.flatMap(deed =>
      kinds.includes(deed.kind) && 'path' in deed && !isOwnRecord(deed.path) ? [deed.path] : [],
    )
  const renamed = deeds.flatMap(deed => (deed.kind === 'rename' ? [describe(deed)] : []))
  const tools = deeds.flatMap(deed => (deed.kind === 'run' ? [deed.argv.join(' ')] : []))
  return [
    formatParagraph('put', groupByDirectory(paths(['write', 'copy']))),
    formatParagraph('removed', groupByDirectory(paths(['remove']))),
    formatParagraph('linked', groupByDirectory(paths(['link']))),
    formatParagraph('renamed', renamed),
    formatParagraph('ran', tools),
    formatParagraph('kept', notes),
  ].join('')
}

/** `/etc/init.d: vmcontext.sh, vmcontext-final.sh`. */
function groupByDirectory(paths: readonly string[]): string[] {
  const groups = new Map<string, string[]>()
  for (const path of new Set(paths)) {
    const directory = posix.dirname(path)
    groups.set(directory, [...(groups.get(directory) ?? []), posix.basename(path)])
  }
  return [...groups].map(([directory, names]) => {
    return names.length === 1 ? `${directory}/${names[0]}` : `${directory}: ${names.join(', ')}`
  })
}

/** Problems by their weight, each with its cure. */
export function formatProblems(problems: readonly Problem[]): string {
  return problems.map(problem => formatParagraph(weighProblem(problem), [formatProblem(problem)])).join('')
}
