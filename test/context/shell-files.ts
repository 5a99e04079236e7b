// Makes up files of assignments: all that a shell reads without running anything.

import type {Random} from '../random.ts'
import type {Sample, ShellName} from './shells.ts'

const names = (
  'HOSTNAME IP_PUBLIC NETMASK GATEWAY USERNAME SSH_PUBLIC_KEY ETH0_IP ETH0_MAC ETH1_DNS TARGET FILES PATH IFS HOME ' +
  'PS4 LD_PRELOAD MOUNT_DIR A B C1 _X __ x_y lower mixedCase then done export'
).split(' ')

/** Bash marks its own quoting with these and mistakes them behind a backslash: `"\^A$NAME"` is not expanded. */
const marks = '\x01\x7f'

/** Makes up a file of about ten assignments. With 'dash', only what dash has too. */
export function makeFile(random: Random, shell: ShellName): Sample {
  const maker = new FileMaker(random, shell === 'bash')
  const text = random.repeat(6, 9, () => maker.line())
  return {text: random.oneIn(10) ? text.replace(/\n$/, '') : text, names: [...maker.used, 'NOT_SET']}
}

class FileMaker {
  readonly used = new Set<string>()
  readonly #random: Random
  readonly #bash: boolean

  constructor(random: Random, bash: boolean) {
    this.#random = random
    this.#bash = bash
  }

  line(): string {
    if (this.#random.oneIn(12)) return `${this.#blanks(0)}#${this.#bytes(20, '\n')}\n`
    if (this.#random.oneIn(20)) return `${this.#blanks(0)}\n`
    let statements = this.#statement()
    while (this.#random.oneIn(4)) {
      const separator = this.#random.pick([';', '; ', ' && ', '&&\n', ' &&#on\n\n', '\\\n;', '&\\\n&'])
      statements += `${this.#blanks(0)}${separator}${this.#statement()}`
    }
    const end = this.#random.pick([
      '',
      '',
      '',
      ';',
      ' ;',
      `;#${this.#bytes(9, '\n')}`,
      ` #${this.#bytes(9, '\n')}`,
    ])
    return `${this.#blanks(0)}${statements}${end}\n`
  }

  #statement(): string {
    const exported = this.#random.oneIn(4)
    const words = [this.#assignment(exported)]
    while (this.#random.oneIn(5)) words.push(this.#assignment(exported))
    if (exported && this.#random.oneIn(4)) words.push(this.#name())
    if (exported) words.unshift('export')
    return words.reduce((line, word) => `${line}${this.#blanks(1)}${word}`)
  }

  #assignment(exported: boolean): string {
    const name = this.#name()
    const cut = this.#random.oneIn(30) ? 1 : name.length
    const split = cut < name.length ? `${name.slice(0, cut)}\\\n${name.slice(cut)}` : name
    return `${split}${this.#bash && this.#random.oneIn(15) ? '+=' : '='}${this.#value(exported)}`
  }

  #name(): string {
    const name = this.#random.pick(names)
    if (this.used.has(name) && this.#random.below(3) > 0) return this.#name()
    this.used.add(name)
    return name
  }

  #value(exported: boolean): string {
    const kinds = [
      () => this.#plain(exported),
      () => `\\${this.#bytes(1, '\n')}`,
      () => `'${this.#bytes(15, "'")}'`,
      () => `"${this.#random.repeat(0, 5, () => this.#inDouble())}${this.#random.pick(['', '$'])}"`,
      () => this.#expansion(),
      () => '\\\n',
    ]
    if (this.#bash) kinds.push(() => `$'${this.#random.repeat(0, 4, () => this.#inAnsiC())}'`)
    if (this.#bash) kinds.push(() => `$"${this.#random.repeat(0, 2, () => this.#inDouble())}"`)
    return this.#random.repeat(0, 3, () => this.#random.pick(kinds)())
  }

  /** Unquoted text. Bash expands braces in an argument of `export`, a tilde in front or behind a colon. */
  #plain(exported: boolean): string {
    const special = [
      'a~',
      '!x',
      '[a-z]*?',
      'x#y',
      '=',
      '\r',
      '@%^+-,./:',
      ']',
      '}',
      '$%',
      '$.',
      '$,x',
      '$]',
      '$=',
    ]
    if (!exported) special.push('{a,b}', '{1..3}', '{')
    if (this.#random.oneIn(3)) return this.#random.pick(special)
    return `x${this.#bytes(8, ' \t\n;&|()<>\\\'"`$[{~')}`
  }

  #inDouble(): string {
    return this.#random.pick([
      () => this.#bytes(12, '\\"`$'),
      () => `\\${this.#random.pick('$`"\\\n')}`,
      () => `\\${this.#bytes(1, `"$\`\\${marks}`)}`,
      () => this.#expansion(),
      () => this.#random.pick(['$ ', '$%', "$'x'", "'", '$\n', '#', '~', ':~', '{a,b}', '\r\n']),
    ])()
  }

  #expansion(): string {
    const name = this.#random.oneIn(5)
      ? 'NOT_SET'
      : this.#random.pick(this.used.size > 0 ? [...this.used] : names)
    return this.#random.pick([
      `$${name}`,
      `\${${name}}`,
      `$${name}`,
      `\${${name}}`,
      '$1',
      `\${12}`,
      '$@',
      '$*',
      '$\\\nA',
    ])
  }

  #inAnsiC(): string {
    const code = this.#random.below(2 ** this.#random.below(33)).toString(16)
    const escapes = [
      'a',
      'b',
      'e',
      'E',
      'f',
      'n',
      'r',
      't',
      'v',
      '\\',
      "'",
      '"',
      '?',
      'q',
      '\n',
      '8',
      'x',
      'u',
      'U',
    ]
    const numbers = [
      `u${code}`,
      `U${code}`,
      `x${code.slice(-3)}`,
      `x{${code}`,
      `x{${code}}`,
      this.#random.below(1024).toString(8),
    ]
    const controls = ['cA', 'cz', 'c?', 'c@', 'c\\\\', "c\\'", 'c\n', `c${this.#bytes(1, `'\\${marks}`)}`]
    if (this.#random.oneIn(3)) return this.#bytes(8, "'\\")
    return `\\${this.#random.pick(this.#random.pick([escapes, numbers, controls]))}`
  }

  /** Up to so many bytes but none of these, mostly ASCII or whole UTF-8 characters; exactly one if asked for one. */
  #bytes(most: number, without: string): string {
    const least = most === 1 ? 1 : 0
    return this.#random.repeat(least, most, () => {
      const byte = () => String.fromCharCode(1 + this.#random.below(this.#random.oneIn(8) ? 255 : 126))
      const text =
        most > 1 && this.#random.oneIn(8) ? this.#random.pick(['Ã©', 'â\x82¬', 'ð\x9f\x98\x80']) : byte()
      return without.includes(text) || (least === 1 && text === '\n') ? 'x' : text
    })
  }

  #blanks(least: number): string {
    return this.#random.repeat(least, this.#random.oneIn(5) ? 3 : least, () =>
      this.#random.pick([' ', '\t', ' \\\n']),
    )
  }
}
