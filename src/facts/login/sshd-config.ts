// What sshd is told in sshd_config(5): every line that is a setting, in the order in which sshd meets them, with the
// files of Include in their place.

import {posix} from 'node:path'
import {isGlob, matchesGlob} from '../../network/glob.ts'
import type {System} from '../../system/system.ts'

/** A setting. `conditions` are the criteria of the Match lines that it stands under; none: it is for all. */
export type SshdSetting = {
  keyword: string
  words: readonly string[]
  conditions: readonly (readonly string[])[]
  file: string
  line: number
}

/** SUSE ships the main file in /usr/etc; what an administrator puts in /etc stands in its place. */
const mainFiles = ['/etc/ssh/sshd_config', '/usr/etc/ssh/sshd_config']
/** Where a relative Include begins, whichever file it stands in (servconf.c: SSHDIR). */
const includeDirectory = '/etc/ssh'
/** As deep as sshd goes. It does not start with files that include each other. */
const depthLimit = 16
/** Files that each include all the others would be read for hours. */
const filesLimit = 200

/** Reads the settings. Keywords are in lower case. None where there is no sshd_config. */
export function readSshdConfig(system: System): SshdSetting[] {
  const main = mainFiles.find(path => system.files.status(path)?.isFile())
  return main === undefined ? [] : readFile({system, filesLeft: filesLimit}, main, [], 0)
}

type Reading = {system: System; filesLeft: number}

function readFile(
  reading: Reading,
  file: string,
  above: SshdSetting['conditions'],
  depth: number,
): SshdSetting[] {
  const {system} = reading
  if (depth > depthLimit || reading.filesLeft === 0 || !system.files.status(file)?.isFile()) return []
  reading.filesLeft -= 1
  let conditions = above
  return (system.files.readText(file) ?? '').split('\n').flatMap((text, index) => {
    const {keyword, words} = splitSetting(text)
    if (keyword === '') return []
    // It reaches to the next Match or the end of its own file, not beyond what the file that includes it says.
    if (keyword === 'match') conditions = [...above, words]
    if (keyword === 'match') return []
    if (keyword !== 'include') return [{keyword, words, conditions, file, line: index + 1}]
    const names = words.flatMap(word => findIncluded(system, posix.resolve(includeDirectory, word)))
    return names.flatMap(name => readFile(reading, name, conditions, depth + 1))
  })
}

/** The files that a pattern stands for, in the order of their names (glob(3)). */
function findIncluded({files}: System, pattern: string): string[] {
  return pattern
    .split('/')
    .slice(1)
    .reduce<string[]>(
      (found, part) =>
        isGlob(part)
          ? found.flatMap(directory =>
              files
                .list(directory)
                .filter(name => matchesGlob(part, name) && (part.startsWith('.') || !name.startsWith('.')))
                .map(name => `${directory}/${name}`),
            )
          : found.map(directory => `${directory}/${part}`),
      [''],
    )
}

/** `Keyword words`, `Keyword=words`, `Keyword "with blanks"`, with a comment behind. */
function splitSetting(text: string): {keyword: string; words: string[]} {
  const [, keyword = '', rest = ''] = /^\s*([^\s=#"']+)(?:\s*=)?(.*)$/.exec(text.trimEnd()) ?? []
  const words = rest.match(/(?:"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|\\.|[^\s"'\\])+/g) ?? []
  const end = words.findIndex(word => word.startsWith('#'))
  const plain = words.slice(0, end < 0 ? undefined : end).map(unquote)
  return {keyword: keyword.toLowerCase(), words: plain}
}

function unquote(word: string): string {
  const parts = word.match(/"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|\\.|[^"'\\]+/g) ?? []
  return parts
    .map(part => (/^["']/.test(part) ? part.slice(1, -1) : part).replaceAll(/\\(["'\\ ])/g, '$1'))
    .join('')
}
