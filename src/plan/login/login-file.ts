// The file of login(1) in /etc/pam.d: its pam_securetty lines become comments with our mark, and lines again
// (pam.conf(5)). Every other byte stays.

import type {ByteText} from '../../action.ts'

/** Tells whether a line asks for pam_securetty. */
export function hasSecuretty(text: ByteText): boolean {
  return splitRules(text).some(asksForSecuretty)
}

/** Makes comments of the rules that ask for pam_securetty. */
export function switchOff(text: ByteText): ByteText {
  const rules = splitRules(text)
  return rules.flatMap(rule => (asksForSecuretty(rule) ? rule.map(comment) : rule)).join('\n')
}

/** Makes rules of the comments that bear one of the marks. */
export function switchOn(text: ByteText, marks: readonly string[]): ByteText {
  return text
    .split('\n')
    .map(line => uncomment(line, marks))
    .join('\n')
}

type Rule = string[]

/** A rule goes on behind a `\` at the end of its line; a comment does not. */
function splitRules(text: ByteText): Rule[] {
  const rules: Rule[] = []
  let goesOn = false
  for (const line of text.split('\n')) {
    if (goesOn) rules.at(-1)!.push(line)
    else rules.push([line])
    goesOn = line.endsWith('\\') && !/^\s*#/.test(rules.at(-1)![0]!)
  }
  return rules
}

function asksForSecuretty(rule: Rule): boolean {
  return rule.some(line => /^[^#]*\bpam_securetty\b/.test(line))
}

/** The agent of today marks its comments in the same way. */
function comment(line: string): string {
  return `#${line}  # vmcontext`
}

/** Of today's agent's comments the line is known up to blanks at its end. */
function uncomment(line: string, marks: readonly string[]): string {
  const match = /^#(.*) {2}# (vmcontext|one-contextd)$/s.exec(line)
  return match !== null && marks.includes(match[2]!) ? match[1]! : line
}
