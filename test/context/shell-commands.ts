// Makes up what a shell would have to run. It is harmless: builtins only, and a file `marker` that shows that it ran.
// Lines that must never become variables stand in it: `EVIL=…`.

import type {Random} from '../random.ts'

/** Makes up lines that hold something to be run. `VICTIM` is assigned in most of them, `EVIL` only seemingly. */
export class CommandMaker {
  readonly #random: Random

  constructor(random: Random) {
    this.#random = random
  }

  line(): string {
    const value = () =>
      this.#random.pick([
        this.#substitution(3),
        `x${this.#substitution(3)}`,
        '~',
        'x:~/y',
        `'x'$(:)$1`,
        `<( ${this.#list(2)})`,
      ])
    const statement = this.#random.pick([
      () => `VICTIM=${value()}`,
      () => `export VICTIM=${value()}`,
      () => `VICTIM+=${value()}`,
      () => `export VICTIM={a,b}`,
      () => `VICTIM=1 : ${this.#word(2)}`,
      () => `declare VICTIM=${value()}`,
      () => `export "VICTIM=1"`,
      () => `unset VICTIM`,
      () => `VICTIM=1 >marker`,
      () => `2>marker VICTIM=1`,
      () => `VICTIM=1 || :`,
      () => `VICTIM=1 && : | :`,
      () => `VICTIM=1 &`,
      () => `VICTIM=(a if case # )\n${this.#word(2)}\nEVIL=1\n)`,
      () => `VICTIM[1 +\n(1)]=${this.#word(2)}`,
      () => `! VICTIM=1`,
      () => `f ()\n{\nEVIL=1\n${this.#list(2)}}`,
      () => `function f\n{ ${this.#list(2)}}`,
      () => `time : ${this.#word(2)}`,
      () => `: <<E ${this.#word(2)}\nEVIL=1\n'\nE\n:`,
      () => `if : <<E; then\n"\nEVIL=1\nE\n${this.#list(2)}fi`,
      () => this.#command(3),
      () => this.#command(3),
    ])()
    const rest = this.#random.pick([
      '',
      '',
      '',
      ' # "',
      ` ;SAME="\nEVIL=1\n" ;: '\nEVIL=1\n'`,
      ` && SAME=$'\\'\nEVIL=1\n'`,
    ])
    return `${statement}${statement.endsWith('&') ? '' : rest}\n`
  }

  /** A word that ends only where a shell says, mostly after several lines. */
  #substitution(depth: number): string {
    return this.#random.pick([
      () => `$(${this.#gap()}${this.#list(depth - 1)}${this.#gap()})`,
      () => `$(${this.#gap()}${this.#list(depth - 1)}${this.#gap()})`,
      () => `$(read x <<'E F'\n)\nEVIL=1\nE F\n)`,
      () => `$(read x <<'END'\n)\nEVIL=1\\\nEND\n:)`,
      () => `$(read x <<-END\n\tEVIL=1)\\\nEND\n\tEND\n:)`,
      () => `$(read x <<E\n"\nEVIL=1\nE)`,
      () => '`: \\`:\\` \\\n" "\nEVIL=1\n`',
      () => `\${NOT_SET:-"}"${this.#substitution(depth - 1)}\nEVIL=1\n}`,
      () => `"\${NOT_SET:+'}'${this.#substitution(depth - 1)}\nEVIL=1\n}"`,
      () => `\${NOT_SET#'}'"}"\\}\nEVIL=1\n}`,
      () => `$((1 +\n(2) + \${#NOT_SET} ))`,
      () => `$[ 1 +\n2 ]`,
      () => `"a\n$( ${this.#list(depth - 1)})\nEVIL=1\n"`,
    ])()
  }

  /** Commands, one after another, ended as they must be before a `)`, a `}` or a reserved word. */
  #list(depth: number): string {
    return this.#random.repeat(1, 2, () => `${this.#command(depth)}${this.#end()}`)
  }

  #command(depth: number): string {
    const list = () => this.#list(depth - 1)
    const simple = [
      () => `: ${this.#word(depth)}`,
      () => `EVIL=${this.#word(depth)} : ${this.#word(depth)}`,
      () => `: >marker`,
      () => `: | : ${this.#word(depth)}`,
    ]
    const compound = [
      () => `if ${list()}then\nEVIL=1\n${list()}elif ${list()}then :; else ${list()}fi`,
      () => `for x in a ${this.#word(0)} do done; do ${list()}done`,
      () => `for x\ndo ${list()}done`,
      () => `for ((;0;)) { ${list()}}`,
      () => `while ! : ; do ${list()}done`,
      () => `until :\ndo ${list()}done`,
      () => `case ${this.#word(0)} in\n(a|b) ${list()};;\n*) EVIL=1 :\nesac`,
      () => `case x in x) : ;; esac`,
      () => `{ ${list()}}`,
      () => `( ${list()})`,
      () => `(: ${this.#word(depth)})`,
      () => `[[ a < b && ( x == ${this.#word(0)} ||\n' )' ) ]]`,
      () => `((1 < 2,\n(3)))`,
      () => `! ${this.#command(depth - 1)}`,
    ]
    return this.#random.pick(depth <= 0 || this.#random.oneIn(2) ? simple : compound)()
  }

  #word(depth: number): string {
    if (depth > 0 && this.#random.oneIn(3)) return this.#substitution(depth - 1)
    const words = [
      "')'",
      '")"',
      '\\)',
      "$')\\''",
      'a#b',
      "'\nEVIL=1\n'",
      '"\nEVIL=1\n"',
      '}',
      'esac',
      'if',
      'x\\\ny',
    ]
    return this.#random.pick(words)
  }

  #gap(): string {
    return this.#random.pick([' ', '\n', '\t', ' # )\n', '\n\n', `\n# it's "not) the end\n`])
  }

  #end(): string {
    return this.#random.pick(['; ', '\n', ' # "\n', ' ;# )\n'])
  }
}
