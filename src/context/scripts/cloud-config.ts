// The part of cloud-config that is taken: `write_files` and `runcmd` (contract §3). Whatever else stands in it costs
// itself and is named. Texts have their meaning from cloud-init's cc_write_files.py and its shellify().

import {unpackedLimit} from '../packed.ts'
import {readUserFiles, type UserFile} from './user-file.ts'
import {readYaml, type YamlEntry, type YamlNode} from './yaml-tree.ts'

export type CloudConfig = {
  /** In the order in which they are to be written. */
  files: readonly UserFile[]
  /** What `runcmd` asks for as one script for sh; undefined without a command. */
  commands?: string | undefined
}

/** What is wrong with an entry, and in which line of the user data. It costs that entry. */
export type Complaint = {
  line: number
  message: string
  cure?: string
  /** Nothing is wrong with it; it only has no effect here. */
  isOfOthers?: boolean
}

/** Reads cloud-config; undefined if it is none at all. */
export function parseCloudConfig(text: string, complaints: Complaint[]): CloudConfig | undefined {
  const tree = readYaml(text)
  if (!('kind' in tree)) {
    const message = `this is not YAML (${tree.reason}), so nothing of it is done`
    complaints.push({line: tree.line, message})
    return undefined
  }
  if (tree.kind === 'nothing') return {files: []}
  if (tree.kind !== 'map') {
    const message = 'cloud-config is a list of keys and values, and this is not; nothing of it is done'
    complaints.push({line: tree.line, message})
    return undefined
  }
  for (const entry of tree.entries) complain(entry, tree.entries, complaints)
  return {
    // What is deferred comes when all the others are there.
    files: readUserFiles(listOf(tree.entries, 'write_files', complaints), complaints).sort(
      (one, other) => Number(one.isDeferred) - Number(other.isDeferred),
    ),
    commands: spellCommands(listOf(tree.entries, 'runcmd', complaints), complaints),
  }
}

const known = ['write_files', 'runcmd']

/** Names what is not taken. */
function complain(entry: YamlEntry, all: readonly YamlEntry[], complaints: Complaint[]): void {
  const {key, line} = entry
  const last = all.findLast(other => other.key === key)
  if (!known.includes(key)) {
    const message = `the key ${JSON.stringify(key)} is not known here; what it asks for is not done`
    // cloud-init knows many more, and one-context passes over all but these two: no reason to call the boot failed.
    const cure = `of cloud-config ${known.join(' and ')} are taken`
    complaints.push({line, message, cure, isOfOthers: true})
  } else if (last !== entry) {
    const message = `${key} stands here and again in line ${last?.line}, which counts; this one is not done`
    complaints.push({line, message, cure: 'make one of them'})
  }
}

function listOf(entries: readonly YamlEntry[], key: string, complaints: Complaint[]): readonly YamlNode[] {
  const value = entries.findLast(entry => entry.key === key)?.value
  if (value === undefined || value.kind === 'nothing') return []
  if (value.kind === 'list') return value.items
  complaints.push({line: value.line, message: `${key} takes a list, and this is none; it is not done`})
  return []
}

/** One script of all commands, as cloud-init makes it: one that fails does not keep the next from being run. */
function spellCommands(items: readonly YamlNode[], complaints: Complaint[]): string | undefined {
  let room = unpackedLimit
  const lines = items.flatMap(item => {
    room -= lengthOf(item)
    const command = room < 0 ? tooLong : spellCommand(item)
    if (typeof command === 'object') complaints.push({line: item.line, ...command})
    return typeof command === 'string' ? command : []
  })
  return lines.length === 0 ? undefined : `#!/bin/sh\n${lines.join('\n')}\n`
}

/** Of its texts: YAML repeats what stands there once. */
function lengthOf(item: YamlNode): number {
  if (item.kind === 'text') return item.text.length
  return item.kind === 'list' ? item.items.reduce((sum, word) => sum + lengthOf(word), 0) : 0
}

function spellCommand(item: YamlNode): string | Omit<Complaint, 'line'> | undefined {
  if (item.kind === 'nothing') return undefined
  if (item.kind === 'text') return item.text.includes('\0') ? unfit : item.text
  if (item.kind === 'map') {
    const cure = 'put it in quotes: a colon and a blank make keys and values of it'
    return {message: 'this command is no text, so it is not run', cure}
  }
  const words = item.items.map(word => (word.kind === 'text' ? word.text : undefined))
  if (words.some(word => word === undefined || word.includes('\0'))) return unfit
  return words.map(word => `'${word!.replaceAll("'", String.raw`'\''`)}'`).join(' ')
}

const tooLong = {message: 'the commands are longer here than any script, so this one is not run'}
const unfit = {message: 'this command holds something that is no text, so it is not run'}
