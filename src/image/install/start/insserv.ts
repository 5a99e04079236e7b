// What insserv(8) would make of our headers, on a root where nothing may be run: entries in .depend.*, by which
// startpar(8) starts scripts, and numbers for guests that boot one script after another (CONCURRENCY=none). Of others
// only what stands in our way is moved. The next insserv in the guest orders everything anew, by the same rules.

import type {System} from '../../../system/system.ts'
import type {RunlevelPlace} from '../init-system.ts'
import {type Depend, findAllBehind, formatDepend, insertScript, parseDepend} from '../sysv/depend.ts'
import {type LsbHeader, parseLsbHeader} from '../sysv/lsb.ts'
import {formatStartLink, parseStartLinks, placeScript, type StartLink} from '../sysv/numbers.ts'
import {
  isOurScript,
  readScripts,
  resolveNames,
  type Scripts,
  scriptDirectory,
  sysvScripts,
} from '../sysv/scripts.ts'
import type {SharedChange, Start, Wanted} from '../wanted.ts'
import {planRunlevelLink} from './runlevel-link.ts'

const stages = {boot: ['S'], start: ['2', '3', '4', '5']} as const
type Stage = keyof typeof stages

/** Tells whether startpar decides what is started here. Debian's rc wants all of the files; SUSE's has two. */
export function hasDepend({files}: System): boolean {
  if (files.status(`${scriptDirectory}/.legacy-bootordering`) !== undefined) return false
  return (files.status(dependPath('start'))?.size ?? 0) > 0
}

export function dependPath(stage: Stage): string {
  return `${scriptDirectory}/.depend.${stage}`
}

/** Plans both stages. */
export function planInsserv(
  system: System,
  place: RunlevelPlace,
  texts: readonly string[],
): Omit<Start, 'tools'> {
  const scripts = readScripts(system)
  const headers = texts.map(parseLsbHeader)
  const planned = (['boot', 'start'] as const).map(stage => planStage(system, place, scripts, headers, stage))
  return {wanted: planned.flatMap(each => each.wanted), shared: planned.flatMap(each => each.shared)}
}

function planStage(
  system: System,
  place: RunlevelPlace,
  scripts: Scripts,
  headers: readonly LsbHeader[],
  stage: Stage,
): Omit<Start, 'tools'> {
  const ours = sysvScripts.map((name, index) => ({name, header: headers[index]!}))
  const mine = ours.filter(({header}) => stages[stage].some(level => header.defaultStart.includes(level)))
  const text = system.files.readText(dependPath(stage)) ?? ''
  let depend = parseDepend(text)
  const started = listStarted(system, place, stage)
  for (const {name, header} of mine) {
    depend = insert(depend, scripts, name, header, started)
    started.add(name)
  }
  const levels = stages[stage].map(level => {
    const own = mine.filter(({header}) => header.defaultStart.includes(level)).map(({name}) => name)
    return planLevel(system, place, level, own, depend)
  })
  return {
    wanted: levels.flatMap(level => level.wanted),
    shared: [...planDepend(system, stage, text, depend), ...levels.flatMap(level => level.shared)],
  }
}

/** What has a link in a runlevel of the stage: .depend.start names scripts of runlevel 1 as well. */
function listStarted({files}: System, place: RunlevelPlace, stage: Stage): Set<string> {
  const names = stages[stage].flatMap(level => files.list(`${place}/rc${level}.d`))
  return new Set(parseStartLinks(names).map(({script}) => script))
}

function insert(
  depend: Depend,
  scripts: Scripts,
  name: string,
  header: LsbHeader,
  started: ReadonlySet<string>,
): Depend {
  const others = depend.targets.filter(target => target !== name && started.has(target))
  const before = resolveNames(scripts, header.startBefore, others)
  // Whoever waits for us, or for somebody that we have to precede, is not waited for; nor is another last one.
  const isLater = (other: string) =>
    before.includes(other) || [name, ...before].some(each => findAllBehind(depend, other).has(each))
  const isLast = (other: string) => scripts.headers.get(other)?.startAfter.includes('$all') ?? false
  const after = resolveNames(scripts, header.startAfter, others).filter(other => !isLater(other))
  const needed = after.filter(other => !isLast(other))
  return isPlaced(depend, name, needed, before) ? depend : insertScript(depend, name, after, before)
}

/** As insserv has placed it, perhaps: then it is not ours to place it otherwise. */
function isPlaced(
  depend: Depend,
  name: string,
  after: readonly string[],
  before: readonly string[],
): boolean {
  const behind = findAllBehind(depend, name)
  return (
    depend.targets.includes(name) &&
    after.every(other => behind.has(other)) &&
    before.every(other => findAllBehind(depend, other).has(name))
  )
}

function planDepend({files}: System, stage: Stage, text: string, depend: Depend): SharedChange[] {
  const path = dependPath(stage)
  const content = formatDepend(depend)
  if (content === text) return []
  const mode = (files.status(path)?.mode ?? 0o644) & 0o7777
  return [{kind: 'edit', path, content, mode, reason: 'what is not named there is not started'}]
}

function planLevel(
  {files}: System,
  place: RunlevelPlace,
  level: string,
  ours: readonly string[],
  depend: Depend,
): Omit<Start, 'tools'> {
  const directory = `${place}/rc${level}.d`
  const found = parseStartLinks(files.list(directory))
  let links = found.filter(({script}) => !isOurScript(script))
  const wanted: Wanted[] = []
  for (const script of ours) {
    const before = [...depend.behind].filter(([, names]) => names.includes(script)).map(([name]) => name)
    const after = new Set(depend.behind.get(script))
    const own = found.find(link => link.script === script)
    const {number, pushed} =
      own !== undefined && isInOrder(own.number, links, after, before)
        ? {number: own.number, pushed: new Map<string, number>()}
        : placeScript(links, after, new Set(before), depend.behind)
    links = links.map(link => ({...link, number: pushed.get(link.script) ?? link.number}))
    const name = formatStartLink(script, number)
    links.push({name, script, number})
    wanted.push(planRunlevelLink(place, level, name, script))
  }
  // From behind: a run that is killed leaves gaps, and nobody before whom he waits for.
  return {wanted, shared: links.toReversed().flatMap(link => planRename(files, directory, link))}
}

function isInOrder(
  own: number,
  links: readonly StartLink[],
  after: ReadonlySet<string>,
  before: readonly string[],
): boolean {
  return links.every(({script, number}) => {
    return (!after.has(script) || number < own) && (!before.includes(script) || number > own)
  })
}

/** The link of somebody that has moved back. */
function planRename(
  files: System['files'],
  directory: string,
  {name, script, number}: StartLink,
): SharedChange[] {
  const moved = formatStartLink(script, number)
  if (moved === name || files.readLink(`${directory}/${name}`) === undefined) return []
  const reason = `${script} is started behind vmcontext`
  return [{kind: 'rename', path: `${directory}/${name}`, to: `${directory}/${moved}`, reason}]
}
