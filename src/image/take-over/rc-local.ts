// Lines of an rc.local that mount the disc and run what is on it, as the manual of 2.2 has people write them: they
// become comments. What else stands there keeps its bytes.

import {localScripts, mentionsDisc} from '../../facts/rivals.ts'
import type {System} from '../../system/system.ts'
import {joinParts, nothing, type Part, placeFile} from './displace.ts'

/** Plans it for every such script of a root. */
export function quietLocalScripts(system: System): Part {
  const {files} = system
  // /etc/rc.local is a link on Red Hat.
  const paths = localScripts.filter(path => files.status(path)?.isFile()).map(path => files.followLinks(path))
  return joinParts([...new Set(paths)].map(path => quiet(system, path)))
}

function quiet(system: System, path: string): Part {
  const text = system.files.read(path)?.toString('latin1') ?? ''
  if (!text.split('\n').some(mentionsDisc)) return nothing
  const edited = commentOutDisc(text)
  if (edited === undefined) {
    const message = 'this runs the init.sh of the disc in a way that is not understood, so it stays as it is'
    return {
      ...nothing,
      problems: [{code: 'rival', file: path, message, cure: 'take those lines out by hand'}],
    }
  }
  const bytes = Buffer.from(edited, 'latin1')
  return placeFile(system, path, bytes, 'the lines that run the init.sh of the disc are comments')
}

const mark = '# vmcontext: '

/**
 * Makes comments of the lines that have to do with the disc: whole `if … fi` around them, and the mount and umount beside
 * them. Undefined if they stand in something else, such as a loop or a function, or if something else stands among them:
 * half of it would be no shell any more, and what others need is not ours to switch off.
 */
export function commentOutDisc(text: string): string | undefined {
  const lines = text.split('\n')
  const blocks = findBlocks(lines)
  if (blocks === undefined) return undefined
  const chosen = new Set<number>()
  for (const index of lines.keys()) {
    if (!mentionsDisc(lines[index]!)) continue
    const {from, to} = blocks.find(block => block.from <= index && index <= block.to) ?? {
      from: index,
      to: index,
    }
    for (let line = from; line <= to; line += 1) chosen.add(line)
  }
  for (const index of [...chosen]) addMounts(lines, index, chosen)
  if (![...chosen].every(index => isOfDisc(lines[index]!))) return undefined
  const commented = lines.map((line, index) => (isToGo(line, index, chosen) ? `${mark}${line}` : line))
  return commented.join('\n')
}

/** Nothing on a line but what has to do with the disc, and the words of an `if`. */
function isOfDisc(line: string): boolean {
  const commands = line.replace(/(^|\s)#.*$/, '').split(/;|&&|\|\|/)
  const bare = commands.map(command => command.replace(/^(\s*(if|then|elif|else|fi|!)\b)*/, '').trim())
  return bare.every(command =>
    /^($|(echo|exit|sync|sleep|true|:)\b)|^:$|\/mnt\b|\bcontext\.sh\b/.test(command),
  )
}

function isToGo(line: string, index: number, chosen: ReadonlySet<number>): boolean {
  return chosen.has(index) && line.trim() !== '' && !line.trimStart().startsWith('#')
}

type Block = {from: number; to: number}

/** The outermost `if … fi`, a line each; undefined where the lines are of another make. */
function findBlocks(lines: readonly string[]): Block[] | undefined {
  const blocks: Block[] = []
  let [depth, from] = [0, 0]
  for (const [index, line] of lines.entries()) {
    const code = line.replace(/#.*$/, '')
    if (/^\s*(for|while|until|case)\b|^\s*(function\s|[\w-]+\s*\(\))|<<|(\\|\||&&)\s*$|^\s*[{(]/.test(code))
      return undefined
    const [opens, closes] = [count(code, /(?:^|[;&|])\s*if\b/g), count(code, /(?:^|;)\s*fi\b/g)]
    if (depth === 0) from = index
    depth += opens - closes
    if (depth < 0) return undefined
    if (depth === 0 && (opens > 0 || closes > 0)) blocks.push({from, to: index})
  }
  return depth === 0 ? blocks : undefined
}

function count(text: string, pattern: RegExp): number {
  return text.match(pattern)?.length ?? 0
}

/** The mount before and the umount behind, with nothing but empty lines and comments in between. */
function addMounts(lines: readonly string[], index: number, chosen: Set<number>): void {
  for (const [step, pattern] of [
    [-1, /^\s*mount\s.*\/mnt\b/],
    [1, /^\s*umount\s.*\/mnt\b/],
  ] as const) {
    let place = index + step
    while (/^\s*(#.*)?$/.test(lines[place] ?? 'end') && place > 0) place += step
    if (pattern.test(lines[place] ?? '')) chosen.add(place)
  }
}
