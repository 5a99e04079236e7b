import assert from 'node:assert/strict'
import {test} from 'node:test'
import {hasSecuretty, switchOff, switchOn} from '../../../src/plan/login/login-file.ts'

const ours = ['vmcontext']
const everybodys = ['vmcontext', 'one-contextd']

const rules = 'auth requisite pam_securetty.so'
const roundTrips: [what: string, on: string, off: string][] = [
  ['a rule', `${rules}\n`, `#${rules}  # vmcontext\n`],
  ['a rule without a line end', rules, `#${rules}  # vmcontext`],
  ['a rule with blanks around it', `\t${rules} \t\n`, `#\t${rules} \t  # vmcontext\n`],
  ['a rule with a comment', `${rules} # why\n`, `#${rules} # why  # vmcontext\n`],
  ['a rule of Windows', `${rules}\r\n`, `#${rules}\r  # vmcontext\n`],
  ['one that may be missing', `-${rules}\n`, `#-${rules}  # vmcontext\n`],
  [
    'a path',
    'auth required /lib/security/pam_securetty.so\n',
    '#auth required /lib/security/pam_securetty.so  # vmcontext\n',
  ],
  [
    'a rule on two lines',
    'auth required \\\n  pam_securetty.so\nauth x\n',
    '#auth required \\  # vmcontext\n#  pam_securetty.so  # vmcontext\nauth x\n',
  ],
  ['bytes that are no UTF-8', `# M\xfcller\n${rules}\n`, `# M\xfcller\n#${rules}  # vmcontext\n`],
]

for (const [what, on, off] of roundTrips) {
  test(`${what} goes off, and comes back byte for byte`, () => {
    assert.ok(hasSecuretty(on))
    assert.equal(switchOff(on), off)
    assert.ok(!hasSecuretty(off))
    assert.equal(switchOff(off), off)
    assert.equal(switchOn(off, ours), on)
  })
}

const untouched = [
  '# auth required pam_securetty.so\n',
  '#auth required pam_securetty.so\n',
  'auth required pam_unix.so # not pam_securetty\n',
  '# a comment ends here \\\nauth required pam_unix.so\n',
  '',
]

for (const text of untouched) {
  test(`${JSON.stringify(text)} is nothing of ours`, () => {
    assert.equal(switchOff(text), text)
    assert.equal(switchOn(text, everybodys), text)
  })
}

test("what today's agent switched off comes back only if it is asked for", () => {
  const off = `#${rules}  # one-contextd\n`
  assert.equal(switchOn(off, ours), off)
  assert.equal(switchOn(off, everybodys), `${rules}\n`)
})
