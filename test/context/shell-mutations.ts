// biome-ignore-all lint/suspicious/noTemplateCurlyInString: what a shell would expand

// Real context files with damage: bytes changed, parts cut out, doubled, moved, spliced with another file's.

import {globSync, readFileSync} from 'node:fs'
import {join} from 'node:path'
import type {Random} from '../random.ts'

/**
 * The contexts of all scenarios, one character per byte, and the files of the directory VMCONTEXT_CORPUS (such as
 * share/scripts of OpenNebula 2.2, or what users sent).
 */
export function loadCorpus(): readonly string[] {
  const scenarios = join(import.meta.dirname, '..', 'scenarios')
  const own = process.env.VMCONTEXT_CORPUS
  const paths = [
    ...globSync('**/context.sh', {cwd: scenarios}).map(path => join(scenarios, path)),
    ...(own === undefined ? [] : globSync('**/*', {cwd: own}).map(path => join(own, path))),
  ]
  return paths.sort().flatMap(path => {
    try {
      return readFileSync(path, 'latin1')
    } catch {
      return []
    }
  })
}

/** What means something to a shell. */
export const fragments = (
  'A= B= export += = \' " ` $ $( ${ $[ $(( )) ( ) { } [ ] [[ ]] \\ \\\\\n \n ; ;; & && | || |& < << <<- > &> # ~ : , .. $A ' +
  'if then elif else fi case in esac for select do done while until function time coproc ! x y E \t \r \x01 \x7f \xc3\xa9 ' +
  "\xff $' $\" # = - * ? {a,b} {1..3} ${A} ${A:-x} ${A:=x} ${#A} $1 $@ $? \\' \\\" '\\'' A=( A[1]= <<E\nE\n exit set -e\n " +
  'declare local readonly unset read eval /bin/x 2> {A}> \xef\xbb\xbf \r\n return'
).split(' ')

/** Makes a damaged file of the files of a corpus. */
export function mutate(random: Random, corpus: readonly string[]): string {
  const text = random.repeat(1, 4, () => cutOut(random, random.pick(corpus)))
  const other = cutOut(random, random.pick(corpus))
  return damage(random, random.oneIn(4) ? splice(random, text, other) : text)
}

/** Does one to four kinds of damage to a text. */
export function damage(random: Random, text: string): string {
  let damaged = text
  for (let times = 1 + random.below(4); times > 0; times -= 1) damaged = random.pick(damages)(random, damaged)
  return damaged
}

const damages: readonly ((random: Random, text: string) => string)[] = [
  (random, text) => change(random, text, () => ''),
  (random, text) => change(random, text, middle => middle + middle),
  (random, text) => change(random, text, middle => random.pick(fragments) + middle),
  (random, text) => change(random, text, middle => random.pick(fragments) + middle + random.pick(fragments)),
  (random, text) => insert(random, text, random.pick(fragments)),
  (random, text) => insert(random, text, random.pick([' ', '\n', '\t', "'", '"', '\\', '$', '`', '#'])),
  (random, text) => flip(random, text),
  (random, text) => flip(random, text),
  (random, text) => text.slice(0, random.below(text.length + 1)),
]

function change(random: Random, text: string, alter: (middle: string) => string): string {
  const from = random.below(text.length + 1)
  const to = Math.min(text.length, from + random.below(random.pick([4, 40, 400])))
  return text.slice(0, from) + alter(text.slice(from, to)) + text.slice(to)
}

function insert(random: Random, text: string, what: string): string {
  const at = random.below(text.length + 1)
  return text.slice(0, at) + what + text.slice(at)
}

function flip(random: Random, text: string): string {
  if (text === '') return text
  const at = random.below(text.length)
  const flipped = text.charCodeAt(at) ^ (1 << random.below(8))
  return text.slice(0, at) + String.fromCharCode(flipped) + text.slice(at + 1)
}

/** A piece of a long text, so that the damage is not lost in it. */
function cutOut(random: Random, text: string): string {
  if (text.length < 1500) return text
  const from = random.oneIn(2) ? 0 : random.below(text.length)
  return text.slice(from, from + 200 + random.below(1300))
}

function splice(random: Random, one: string, other: string): string {
  return one.slice(0, random.below(one.length + 1)) + other.slice(random.below(other.length + 1))
}
