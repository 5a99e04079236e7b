// The files of others: NICs of ours leave them, and come back as they were.

import type {ByteText, FileAction} from '../../action.ts'
import type {Problem} from '../../problem.ts'
import type {Change, Surroundings} from '../dialect.ts'
import {planFile} from '../file-edit.ts'
import {addEntry, type Cut, cutEntries} from './cut-entries.ts'
import {createFinder, type Definition, namedIds} from './definition.ts'
import {asFields, type Content, type Entry} from './fields.ts'
import {
  definitionsIn,
  isEditable,
  isNetplanFile,
  type OthersFile,
  ownPath,
  readContent,
  readOthers,
} from './files.ts'
import {parseNetplan} from './read-yaml.ts'

export type OthersPlan = {
  /** As they will be. */
  files: readonly OthersFile[]
  actions: FileAction[]
  problems: Problem[]
}

/** Plans what becomes of the files of others. */
export function planOthers(change: Change, surroundings: Surroundings): OthersPlan {
  const {files, originals} = surroundings
  const problems: Problem[] = []
  const restored = restoreEntries(change, surroundings, problems)
  const edited = cutOurs(change, withTexts(readOthers(files), restored), problems)
  const texts = new Map([...restored, ...edited])
  const actions = [...texts].flatMap(([path, text]) =>
    planFile(files, path, text).map(action => keepMode(action, originals)),
  )
  return {files: withTexts(readOthers(files), texts), actions, problems}
}

type Texts = ReadonlyMap<string, ByteText | undefined>

function withTexts(files: readonly OthersFile[], texts: Texts): OthersFile[] {
  const kept = files.filter(({path}) => !texts.has(path))
  const edited = [...texts].flatMap(([path, text]) =>
    text === undefined ? [] : [{path, text, content: parseNetplan(text)}],
  )
  return [...kept, ...edited].sort((one, other) => (nameOf(one) < nameOf(other) ? -1 : 1))
}

function nameOf({path}: OthersFile): string {
  return path.slice(path.lastIndexOf('/') + 1)
}

/** A file that comes back has the mode that it had. */
function keepMode(action: FileAction, originals: Surroundings['originals']): FileAction {
  const mode = originals.get(action.path)?.mode
  return action.kind === 'write' && mode !== undefined ? {...action, mode} : action
}

/** Takes NICs that are ours, or another dialect's, out of each file. */
function cutOurs({network, withdraw}: Change, files: readonly OthersFile[], problems: Problem[]): Texts {
  const finder = createFinder([...network.nics, ...withdraw])
  const isOurs = (entry: Entry) => (finder.nic(entry) ?? finder.vlan(entry)) !== undefined
  const named = new Set(
    definitionsIn(files)
      .filter(entry => !isOurs(entry))
      .flatMap(namedIds),
  )
  const concerned = files.filter(({content}) => content?.entries.some(isOurs))
  return new Map(
    concerned.flatMap((file): [string, ByteText | undefined][] => {
      const cuts = new Map(
        file.content!.entries.filter(isOurs).map(entry => [keyOf(entry), cutOf(entry, named)] as const),
      )
      if (!isEditable(file)) problems.push(describeStuck(file.path, 'it came with a package'))
      else
        try {
          return [[file.path, cutEntries(file.text, (section, id) => cuts.get(keyOf({section, id})))]]
        } catch (error) {
          problems.push(describeStuck(file.path, (error as Error).message))
        }
      return []
    }),
  )
}

/** netplan refuses a VLAN or a bridge in a file if what it stands on is defined in no file before it. */
function cutOf({section, id}: Entry, named: ReadonlySet<string>): Cut {
  return section === 'ethernets' && named.has(id) ? 'reduce' : 'remove'
}

function describeStuck(file: string, reason: string): Problem {
  const message = `a NIC of the context is defined here too, and that stays: ${reason}`
  return {code: 'rival', file, message, cure: 'take it out by hand'}
}

/** Somebody has edited the file since, so that nothing can be put into it. */
function describeLost(file: string, back: readonly Lost[], reason: string): Problem {
  const ids = back.map(({entry}) => `\`${entry.id}\``).join(', ')
  const message = `what stood here of ${ids} before us does not come back: ${reason}`
  return {code: 'fact-missing', file, message, cure: 'correct the file, and write the entry anew'}
}

/** Gives files back what was taken out of them for NICs that are no longer ours. */
function restoreEntries(
  {giveBack, network, withdraw}: Change,
  {files, originals}: Surroundings,
  problems: Problem[],
): Texts {
  const finder = createFinder(giveBack)
  const taken = createFinder([...network.nics, ...withdraw])
  const isMeant = (entry: Entry) =>
    (finder.nic(entry) ?? finder.vlan(entry)) !== undefined &&
    (taken.nic(entry) ?? taken.vlan(entry)) === undefined
  const texts = new Map<string, ByteText | undefined>()
  for (const [path, original] of giveBack.length === 0 ? [] : originals) {
    if (!isNetplanFile(path) || path === ownPath || original === undefined) continue
    const current = files.get(path)?.content
    const lost = listLost(readContent(original), parseNetplan(current ?? ''))
    const back = lost.filter(({entry}) => isMeant(entry))
    if (back.length === 0) continue
    try {
      texts.set(path, restoreInto(current, original.content, lost, back))
    } catch (error) {
      problems.push(describeLost(path, back, (error as Error).message))
    }
  }
  return texts
}

type Lost = {entry: Entry; cut: Cut}

/** What was taken out of a file since it was first touched. */
function listLost(original: Content | undefined, current: Content | undefined): Lost[] {
  const now = new Map((current?.entries ?? []).map(entry => [keyOf(entry), entry]))
  return (original?.entries ?? []).flatMap((entry): Lost[] => {
    const left = now.get(keyOf(entry))
    if (left === undefined) return [{entry, cut: 'remove'}]
    const isReduced = Object.keys(left.fields).length < Object.keys(entry.fields).length
    return isReduced && Object.keys(left.fields).every(key => key === 'match' || key === 'set-name')
      ? [{entry, cut: 'reduce'}]
      : []
  })
}

/** If nobody has edited the file since, the bytes come back as well; else the entries alone. */
function restoreInto(
  current: ByteText | undefined,
  original: ByteText,
  lost: readonly Lost[],
  back: readonly Lost[],
): ByteText | undefined {
  const cut = (list: readonly Lost[]) => {
    const cuts = new Map(list.map(({entry, cut}) => [keyOf(entry), cut]))
    return cuts.size === 0 ? original : cutEntries(original, (section, id) => cuts.get(keyOf({section, id})))
  }
  if (cut(lost) === current) return cut(lost.filter(each => !back.includes(each)))
  return back.reduce((text, {entry}) => addEntry(text, entry), current ?? 'network:\n  version: 2\n')
}

function keyOf({section, id}: Pick<Entry, 'section' | 'id'>): string {
  return `${section}/${id}`
}

/**
 * What others say, or said before us, of each NIC. What the files say now comes first.
 */
export function listFormer({files, originals}: Surroundings): Definition[] {
  const former = [...originals].flatMap(([path, original]) => {
    if (!isNetplanFile(path) || path === ownPath || original === undefined) return []
    return (readContent(original)?.entries ?? []).map(entry => ({...entry, path}))
  })
  const isBare = ({fields}: Entry) =>
    Object.keys(asFields(fields)).every(key => key === 'match' || key === 'set-name')
  const now = definitionsIn(readOthers(files))
  return [...now.filter(each => !isBare(each)), ...former, ...now.filter(isBare)]
}
