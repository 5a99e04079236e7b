// Secrets and what stands in their place, everywhere the same: whoever reads a bundle sees that two places hold the same
// secret, and not which.

import {decodeBase64} from '../../context/base64.ts'
import {isSecretName, spellings} from '../../report/mask.ts'
import {maskText} from '../../secret.ts'
import {blankHash} from './filler.ts'

/** A shorter one is in every other word. */
const lengthLimit = 4

export class StandIns {
  readonly #byValue = new Map<string, string>()
  readonly #texts = new Set<string>()
  /** What is searched for in a text, the longest first. */
  #pairs: readonly (readonly [string, string])[] | undefined

  /** How many secrets there are. */
  get size(): number {
    return this.#byValue.size
  }

  /** Gives what stands for the value of a variable that is secret. */
  forVariable(name: string, value: string): string {
    return this.#remember(value, () => {
      if (name.endsWith('_BASE64')) return this.#forBase64(name, value)
      if (name.startsWith('CRYPTED_')) return blankHash(value) ?? this.#likeness(value)
      return this.#word(value)
    })
  }

  /** Gives what stands for a secret of no known form: one word. */
  forWord(value: string): string {
    return this.#remember(value, () => blankHash(value) ?? this.#word(value))
  }

  /** Notes that a text is secret as a whole and what stands for it: its single lines may stand anywhere. */
  noteText(text: string, standIn: string): string {
    this.#texts.add(text)
    return this.#remember(text, () => standIn)
  }

  /** Takes what is secret out of a text. */
  apply(text: string): string {
    return this.#sorted().reduce((masked, [secret, standIn]) => masked.replaceAll(secret, standIn), text)
  }

  /** Tells whether something secret is in a text. */
  isIn(text: string): boolean {
    return this.#sorted().some(([secret]) => text.includes(secret))
  }

  /**
   * Stops looking for secrets that others would be torn apart by: words that the guest uses itself. Gives how many are
   * not looked for, the short ones among them.
   */
  spare(isCommon: (word: string) => boolean): number {
    const all = this.#sorted()
    this.#pairs = all.filter(([secret]) => !isCommon(secret))
    const short = [...this.#byValue.keys()].filter(secret => secret.trim().length < lengthLimit)
    return all.length - this.#pairs.length + short.length
  }

  #sorted(): readonly (readonly [string, string])[] {
    if (this.#pairs !== undefined) return this.#pairs
    const pairs = [...this.#byValue].flatMap(([secret, standIn]) =>
      this.#texts.has(secret) ? pairTexts(secret, standIn) : pairUp(secret, standIn),
    )
    const wanted = new Map(
      pairs.filter(([secret, standIn]) => secret.length >= lengthLimit && secret !== standIn),
    )
    const sorted = [...wanted].sort(([one], [other]) => other.length - one.length)
    this.#pairs = sorted
    return sorted
  }

  #remember(value: string, make: () => string): string {
    const known = this.#byValue.get(value)
    if (known !== undefined) return known
    const standIn = make()
    this.#byValue.set(value, standIn)
    this.#pairs = undefined
    return standIn
  }

  /** What is in it is the secret as well. */
  #forBase64(name: string, value: string): string {
    const bytes = decodeBase64(value)
    if (typeof bytes === 'string') return this.#likeness(value)
    const text = bytes.toString('utf8')
    if (text.includes('\ufffd')) return value.replace(/[A-Za-z0-9+/_-]/g, 'A')
    return Buffer.from(this.forVariable(name.replace(/_BASE64$/, ''), text)).toString('base64')
  }

  /** A word of its own for each; how long it was is not told, unless that is what is wrong with it. */
  #word(value: string): string {
    const word = `withheld${this.#byValue.size + 1}`
    const isOdd =
      /[\x00-\x1f\x7f]/.test(value.trim()) || Buffer.byteLength(value) > 500 || value.trim() === ''
    if (isOdd) return this.#likeness(value)
    return `${/^\s*/.exec(value)![0]}${/\s/.test(value.trim()) ? word.replace('d', 'd ') : word}${/\s*$/.exec(value)![0]}`
  }

  /** As long, with the same signs: where the form of a text is what is wrong with it. */
  #likeness(value: string): string {
    return value
      .replace(/[A-Za-z]/g, 'x')
      .replace(/\d/g, '0')
      .replace(/[^\x00-\x7f]/gu, 'ß')
  }
}

/** Tells whether the value of a variable is a secret: `TOKEN=YES` asks for one and is none. */
export function isSecret(name: string, value: string): boolean {
  return isSecretName(name) && !(name === 'TOKEN' && /^\s*(yes|true|1|y|no|false|0|n)?\s*$/i.test(value))
}

/** All spellings of a secret; where those of what stands for it do not match them, it stands in their place as it is. */
function pairUp(secret: string, standIn: string): (readonly [string, string])[] {
  const [ones, others] = [spellings(secret), spellings(standIn)]
  const asText = ones.map((spelling, index) => {
    const other = ones.length === others.length ? others[index]! : standIn.trim()
    return [spelling, other === spelling ? maskText : other] as const
  })
  const isLong = secret.trim().length >= lengthLimit
  const coded = isLong ? codings.map(code => [code(secret.trim()), code(standIn.trim())] as const) : []
  return [...asText, ...coded]
}

/** As others pass a secret on: in an address, in a header. */
const codings: readonly ((text: string) => string)[] = [
  text => Buffer.from(text).toString('base64').replace(/=+$/, ''),
  text => Buffer.from(text).toString('base64url'),
  text => Buffer.from(text).toString('hex'),
  text => Buffer.from(text).toString('hex').toUpperCase(),
  text => encodeURIComponent(text.toWellFormed()),
  text => encodeURIComponent(text.toWellFormed()).replaceAll('%20', '+'),
]

function pairTexts(text: string, standIn: string): (readonly [string, string])[] {
  const asJson = (value: string) => JSON.stringify(value).slice(1, -1)
  return [
    [text, standIn],
    [asJson(text), asJson(standIn)],
  ]
}
