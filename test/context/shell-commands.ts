// Makes up what a shell would have to run. It is harmless: builtins only, and a marker that shows that it ran.

import type {Random} from './random.ts'

/** The lines that must never become variables stand in it: `EVIL=…`. */
export class CommandMaker {
  readonly #random: Random

  constructor(random: Random) {
    this.#random = random
  }

  /** A word that ends only where a shell says, over several lines: `$(…)`, `…`, `${…}`, `$((…))`, `$[…]`. */
  substitution(depth: number): string {
    return this.#random.pick([
      () => `$(${this.#gap()}${this.list(depth)}${this.#gap()})`,
      () => `$(${this.list(depth)}\n# it's "not) the end\n)`,
      () => `$(read x <<'E F'\n)\nEVIL=1\nE F\n)`,
      () => `$(read x <<-E\n\tEVIL=1)\\\nE\n\tE\n:)`,
      () => `$(read x <<E\n"\nEVIL=1\nE)`,
      () => '`: \\`:\\` \\\n" "\nEVIL=1\n`',
      () => `\${NOT_SET:-${this.#word(depth)}\nEVIL=1\n}`,
      () => `"\${NOT_SET:+${this.#word(depth)}\nEVIL=1\n}"`,
      () => `\${NOT_SET#'}'"}"\\}\nEVIL=1\n}`,
      () => `$((1 +\n(2) + \${#NOT_SET} ))`,
      () => `$[ 1 +\n2 ]`,
      () => `"a\n${this.substitution(depth - 1)}\nEVIL=1\n"`,
    ])()
  }

  /** Commands, one after another, ended as they have to be before a `)`, a `}` or a reserved word. */
  list(depth: number): string {
    return this.#random.repeat(1, 2, () => `${this.command(depth)}${this.#end()}`)
  }

  /** One command. */
  command(depth: number): string {
    const simple = [
      () => `: ${this.#word(depth)}`,
      () => `EVIL=${this.#word(depth)} : ${this.#word(depth)}`,
      () => `: > marker`,
      () => `: <<E ${this.#word(0)}\nEVIL=1\n'\nE\n:`,
      () => `: | : ${this.#word(depth)}`,
    ]
    if (depth <= 0) return this.#random.pick(simple)()
    const list = () => this.list(depth - 1)
    const compound = [
      () => `if ${list()}then\nEVIL=1\n${list()}else ${list()}fi`,
      () => `for x in ${this.#word(0)} do done; do ${list()}done`,
      () => `for x\ndo ${list()}done`,
      () => `for ((;0;)) { ${list()}}`,
      () => `while ! : ; do ${list()}done`,
      () => `until :\ndo ${list()}done`,
      () => `case ${this.#word(0)} in\n(a|b) ${list()};;\n*) EVIL=1 :\nesac`,
      () => `case x in x) : ;; esac`,
      () => `{ ${list()}}`,
      () => `( ${list()})`,
      () => `(${this.command(depth - 1)})`,
      () => `f () {\nEVIL=1\n${list()}}`,
      () => `function f\n{ ${list()}}`,
      () => `[[ a < b && ( x == ${this.#word(0)} ||\n' )' ) ]]`,
      () => `((1 < 2,\n(3)))`,
      () => `time ${this.command(depth - 1)}`,
      () => `! ${this.command(depth - 1)}`,
    ]
    return this.#random.pick(this.#random.oneIn(2) ? simple : compound)()
  }

  #word(depth: number): string {
    const words = ["')'", '")"', '\\)', "$')\\''", 'a#b', '"$("', "'\nEVIL=1\n'", '"\nEVIL=1\n"', '}', 'esac', 'if', '\\\n']
    if (depth > 0 && this.#random.oneIn(3)) return this.substitution(depth - 1)
    return this.#random.pick(words.filter(word => word !== '"$("'))
  }

  #gap(): string {
    return this.#random.pick([' ', '\n', '\t', ' # )\n', '\n\n'])
  }

  #end(): string {
    return this.#random.pick(['; ', '\n', ' # "\n', ' ;# )\n'])
  }
}
