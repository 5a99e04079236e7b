// Makes up files of assignments: all that a shell reads without running anything.

import type {Random} from '../random.ts'
import {isReserved} from './differences.ts'
import type {Sample, ShellName} from './shells.ts'

const names = (
  'HOSTNAME IP_PUBLIC NETMASK GATEWAY USERNAME SSH_PUBLIC_KEY ETH0_IP ETH0_MAC ETH1_DNS TARGET FILES PATH IFS HOME ' +
  'PS4 LD_PRELOAD MOUNT_DIR A B C1 _X __ x_y lower mixedCase then done export if for function time select coproc ' +
  'BASHPID UID EUID PPID BASHOPTS SHELLOPTS BASH_VERSINFO LINENO RANDOM SECONDS SRANDOM FUNCNAME GROUPS DIRSTACK ' +
  'HISTCMD BASH_ARGV0 BASH_COMMAND BASH_SUBSHELL POSIXLY_CORRECT LC_ALL OPTIND OPTARG PWD OLDPWD ENV BASH_ENV TMOUT ' +
  'COLUMNS CDPATH GLOBIGNORE IGNOREEOF REPLY PIPESTATUS TERM TZ SHLVL PPIDS START_SCRIPT USER_DATA PASSWORD'
).split(' ')
const longName = 'L'.repeat(300)

/** Bash marks its own quoting with these and mistakes them behind a backslash: `"\^A$NAME"` is not expanded. */
const marks = '\x01\x7f'

/** Makes up a file of about ten assignments. With 'dash', only what dash has too. */
export function makeFile(random: Random, shell: ShellName): Sample {
  const maker = new FileMaker(random, shell === 'bash')
  const lines = random.repeat(6, 9, () => maker.line())
  const text = random.oneIn(10) ? lines.replace(/\n$/, '') : lines
  const names = [...maker.used, 'NOT_SET']
  return {text: random.oneIn(40) ? disguise(random, text) : text, names}
}

/** As an editor of another system may leave it. A CR at the end would make a line end where there was none. */
function disguise(random: Random, text: string): string {
  const foreign = /[\r]|\\\n$/.test(text) ? text : text.replaceAll('\n', '\r\n')
  return random.pick([`\xef\xbb\xbf${text}`, foreign, `\xef\xbb\xbf${foreign}`])
}

/** What a START_SCRIPT or USER_DATA has in it, and no line of which may become a variable. */
const scripts = [
  '#!/bin/sh\n',
  'EVIL=1\n',
  'echo "it\'s $(date)" >/tmp/x\n',
  "awk '{print $1}' <<E\nA=1\nE\n",
  '`id`\n',
  '}\n',
  'fi; done; esac\n',
  '\\',
  '\\\n',
  '#cloud-config\nwrite_files:\n- content: |\n    A="x\n',
  '$6$salt$hash./',
  '\r\n',
  "'",
  '"',
  'Ã¼',
  '\xff\xfe',
]

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
    // A stand-in is put for a name that stands there in one piece.
    const cut = this.#random.oneIn(30) && !isReserved(name) ? 1 : name.length
    const split = cut < name.length ? `${name.slice(0, cut)}\\\n${name.slice(cut)}` : name
    return `${split}${this.#bash && this.#random.oneIn(15) ? '+=' : '='}${this.#value(exported)}`
  }

  #name(): string {
    const name = this.#random.oneIn(200) ? longName : this.#random.pick(names)
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
      () => this.#asWritten(),
    ]
    if (this.#bash) kinds.push(() => `$'${this.#random.repeat(0, 4, () => this.#inAnsiC())}'`)
    if (this.#bash) kinds.push(() => `$"${this.#random.repeat(0, 2, () => this.#inDouble())}"`)
    return this.#random.repeat(0, 3, () => this.#random.pick(kinds)())
  }

  /** As the front ends write it: today's escapes each quote, and neither minds the lines in a value. */
  #asWritten(): string {
    const script = this.#random.repeat(0, 6, () => this.#random.pick(scripts))
    if (this.#random.oneIn(100)) return `'${this.#bytes(9, "'")}${'long '.repeat(this.#random.below(2000))}'`
    return `'${script.replaceAll("'", "'\\''")}'`
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
      '*.conf',
      '[[:alpha:]]',
      'a{b',
      '?',
      '/~',
      '@(a',
      '!!',
      '^x^',
      '%1',
      '+(x',
    ].filter(text => !text.includes('('))
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
      `\${${this.#random.pick('?#$!_-')}}`,
      `$\\\n{\\\n${name}\\\n}`,
      `$${name}=`,
      `"\${${name}}"`,
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
