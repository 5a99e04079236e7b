import assert from 'node:assert/strict'
import {test} from 'node:test'
import {type PasswordKind, readPassword} from '../../../src/context/login/password.ts'
import {formatProblem, type Problem} from '../../../src/problem.ts'
import {makeDisc} from '../sample-disc.ts'

const hash = '$5$saltsalt$0IyaXrmV7.sGNS6tirgqHLqX/G.FBvgkYA.lpPdS5sA'
const base64 = (text: string | Buffer) => Buffer.from(text).toString('base64')

type Case = {what: string; text: string; kind?: PasswordKind; value?: string; problem?: RegExp}

const plain = (what: string, text: string, value: string): Case => ({what, text, kind: 'plain', value})
const hashed = (what: string, text: string, value: string, problem?: RegExp): Case => {
  return {what, text, kind: 'hashed', value, ...(problem && {problem})}
}
const none = (what: string, text: string, problem?: RegExp): Case => {
  return {what, text, kind: 'none', value: '*', ...(problem && {problem})}
}
const refused = (what: string, text: string, problem?: RegExp): Case => ({
  what,
  text,
  ...(problem && {problem}),
})

const cases: Case[] = [
  plain('a password', "PASSWORD='hunter2'", 'hunter2'),
  plain('one with a colon and a dollar', "PASSWORD='a:b$c'", 'a:b$c'),
  plain('one with blanks around it keeps them', "PASSWORD=' a b '", ' a b '),
  plain('one of a file with Windows line ends', "PASSWORD='hunter2\r'\nA='b'", 'hunter2'),
  plain('one in UTF-8', "PASSWORD='Käse'", 'Käse'),
  plain('one of 200 characters', `PASSWORD='${'x'.repeat(200)}'`, 'x'.repeat(200)),
  plain('one in base64', `PASSWORD_BASE64='${base64('a:b')}'`, 'a:b'),
  plain('one that echo has put a newline behind', `PASSWORD_BASE64='${base64('hunter2\n')}'`, 'hunter2'),
  plain('base64 over lines', "PASSWORD_BASE64='aHVu\ndGVyMg\n'", 'hunter2'),
  plain('base64 without padding', "PASSWORD_BASE64='YTpiYw'", 'a:bc'),
  hashed('a hash', `CRYPTED_PASSWORD='${hash}'`, hash),
  hashed('a hash as the front end escapes it', `CRYPTED_PASSWORD='${hash.replaceAll('$', '\\$')}'`, hash),
  hashed('the same of 2.2', `CRYPTED_PASSWORD="${hash.replaceAll('$', '\\$')}"`, hash),
  hashed('a hash in base64', `CRYPTED_PASSWORD_BASE64='${base64(`${hash}\n`)}'`, hash),
  hashed('a weak hash', "CRYPTED_PASSWORD='abNANd1rDfiNc'", 'abNANd1rDfiNc', /soon broken \(make one with/),
  none('no password', "CRYPTED_PASSWORD='*'"),
  none('a lock', "CRYPTED_PASSWORD='!'", /would lock the keys out/),
  none('a reset', "USERNAME_PASSWORD_RESET='yes'"),
  refused('no reset', "USERNAME_PASSWORD_RESET='NO'"),
  refused('an empty password', "PASSWORD=''"),
  plain('the order: plain before reset', "USERNAME_PASSWORD_RESET='YES'\nPASSWORD='a'", 'a'),
  hashed('the order: hashed before plain', `PASSWORD='a'\nCRYPTED_PASSWORD='${hash}'`, hash),
  plain('the order: base64 before hashed', `CRYPTED_PASSWORD='${hash}'\nPASSWORD_BASE64='YQ=='`, 'a'),
  hashed(
    'the order: hashed base64 first',
    `PASSWORD_BASE64='YQ=='\nCRYPTED_PASSWORD_BASE64='${base64(hash)}'`,
    hash,
  ),
  plain('the order: an empty one is passed over', "CRYPTED_PASSWORD=''\nPASSWORD='a'", 'a'),
  refused(
    'a hash that a shell has eaten, and a weaker name does not stand in',
    `CRYPTED_PASSWORD="${hash}"\nPASSWORD='a'`,
    /^context\.sh:1: CRYPTED_PASSWORD: this is no whole hash .*; the password stays as it is \(put it in single/,
  ),
  refused('one of two lines', "PASSWORD='a\nb'", /cannot have control characters/),
  refused('one with a tab', "PASSWORD='a\tb'", /cannot have control characters/),
  refused('one with NUL', `PASSWORD_BASE64='${base64('a\0b')}'`, /cannot have control characters/),
  refused('two lines in base64', `PASSWORD_BASE64='${base64('a\nb')}'`, /cannot have control characters/),
  refused('one that is too long', `PASSWORD='${'ä'.repeat(256)}'`, /longer than the 511 bytes/),
  refused('wrong padding', "PASSWORD_BASE64='YTpi='", /not base64/),
  refused('too much padding', "PASSWORD_BASE64='YTpiYw===='", /not base64/),
  refused('base64 cut off', "PASSWORD_BASE64='YTpiY'", /not base64/),
  refused('no base64', "PASSWORD_BASE64='päss'", /not base64/),
  refused(
    'base64 of no text',
    `PASSWORD_BASE64='${base64(Buffer.from([0xff, 0xfe]))}'`,
    /not base64 of a text/,
  ),
  refused('base64 of nothing', `PASSWORD_BASE64='${base64('\n')}'`, /no password in it/),
  refused('one that would have to be run', 'PASSWORD="$(cat /etc/shadow)"'),
  refused('a reset above what cannot be read', "USERNAME_PASSWORD_RESET='YES'\nA='never ends"),
]

for (const {what, text, kind, value, problem} of cases) {
  test(what, () => {
    const problems: Problem[] = []
    const request = readPassword(makeDisc(`${text}\n`), problems)
    assert.deepEqual([request?.kind, request?.secret.reveal()], [kind, value])
    const said = problems.map(formatProblem).join('\n')
    assert.match(said, problem ?? /^$/)
    assert.ok(value === '*' || !said.includes(value ?? hash), 'no problem tells a secret')
    assert.ok(value === '*' || !JSON.stringify(request ?? '').includes(JSON.stringify(value)))
  })
}
