// Names for those who read no Rock Ridge: eight letters and three for ISO 9660 level 1, 64 characters for Joliet.

/** The names of one directory, in the order of its entries: each is there once. */
export type SpelledName = {plain: string; joliet: string}

const jolietLimit = 64
// Its specification forbids these, and control characters. UCS-2 has no pairs for what is beyond U+FFFF.
const notJoliet = /[*/:;?\\\x00-\x1f]|[\ud800-\udfff]/g

/** Whether Joliet can hold a name as it is. */
export function isJolietName(name: string): boolean {
  return name.length <= jolietLimit && name.search(notJoliet) === -1 && !name.endsWith('.')
}

/** Spells the names of one directory. */
export function spellNames(children: readonly {name: string; kind: 'file' | 'directory'}[]): SpelledName[] {
  const [plain, joliet] = [new Names(), new Names()]
  return children.map(({name, kind}) => ({
    plain: plain.claim(number => spellPlain(name, kind, number)),
    joliet: joliet.claim(number => spellJoliet(name, number)),
  }))
}

/** The names of a directory that are taken; readers of both trees fold capitals. */
class Names {
  readonly #taken = new Set<string>()
  /** For each name that was wanted, the number to be tried next. */
  readonly #next = new Map<string, number>()

  /** The first spelling that is free. */
  claim(spell: (number: string) => string): string {
    const wanted = spell('').toUpperCase()
    for (let number = this.#next.get(wanted) ?? 0; ; number += 1) {
      const name = spell(number === 0 ? '' : `${number}`)
      if (this.#taken.has(name.toUpperCase())) continue
      this.#taken.add(name.toUpperCase())
      this.#next.set(wanted, number + 1)
      return name
    }
  }
}

function spellPlain(name: string, kind: 'file' | 'directory', number: string): string {
  const letters = (text: string) => text.toUpperCase().replace(/[^A-Z0-9_]/g, '_')
  const dot = kind === 'file' ? name.lastIndexOf('.') : -1
  const base = letters(dot > 0 ? name.slice(0, dot) : name)
  const extension = dot > 0 ? letters(name.slice(dot + 1)).slice(0, 3) : ''
  const short = base.slice(0, 8 - number.length) + number
  return kind === 'directory' ? short : `${short}.${extension};1`
}

/** The part behind the last dot stays: it says what a file is. */
function spellJoliet(name: string, number: string): string {
  const allowed = name.replaceAll(notJoliet, '_').replace(/\.+$/, '_')
  const extension = /.(\.[^.]{1,8})$/.exec(allowed)?.[1] ?? ''
  const base = allowed.slice(0, allowed.length - extension.length)
  return base.slice(0, jolietLimit - extension.length - number.length) + number + extension
}
