// Every hash here was made by crypt(3) of libxcrypt 4.4, of the password `secret`.

import assert from 'node:assert/strict'
import {test} from 'node:test'
import {recogniseHash} from '../../../src/context/login/crypt.ts'

const sha512 = 'TVLlQcbpFVof5W3Yz4DTP6gRstiNuHwwTt6GLc1E5n0U0aDehy0S5knV8wiOQSpT0Y77vwPZN.Pq.H91p5hVO1'

const strong = [
  '$y$j9T$F5Jx5fExrKuPp53xLKQ..1$GmcwIgvdUC9qLWcKCi6gklUa1dM3ziD43YxYNURLKy0',
  '$gy$j9T$F5Jx5fExrKuPp53xLKQ..1$uE5FcoxTz78xZpMZkpTmj/0MogyeNUSLIjdCxpQjz.8',
  '$7$CU..../....2Q9obwLhin8qvQl6sisAO/$zLxvLFYPM5KAGpCZJUSlO9j165rU./sf1Adr0M4C5A4',
  '$2b$05$abcdefghijklmnopqrstuuOQiyCxlgf/oeuTqixKmWdcYUh4Hjl0a',
  '$2y$05$abcdefghijklmnopqrstuuOQiyCxlgf/oeuTqixKmWdcYUh4Hjl0a',
  `$6$saltsalt$${sha512}`,
  `$6$rounds=5000$saltsalt$${sha512}`,
  '$5$saltsalt$0IyaXrmV7.sGNS6tirgqHLqX/G.FBvgkYA.lpPdS5sA',
]

const weak = [
  '$1$saltsalt$9xy1btjgzLYfb7hivXtC//',
  '$sha1$1000$wnUR8T1U$SbytSkmL176ZOfLCZOh4H61UbH1S',
  '$md5,rounds=904$iPPKEBnE$$ZMCRYL4DP1t4AOJGHaE0W1',
  '$md5$RPgLF6IJ$$sToEddD2l5U.FimMgwEUp.',
  '_J9..K0Aye7nKEt25woI',
  'abNANd1rDfiNc',
]

const none = [
  // A shell has taken `$6`, `$6$saltsalt`, `$saltsalt` for variables; the 13 characters could be of DES.
  `$saltsalt$${sha512}`,
  `$${sha512}`,
  sha512,
  '.Pq.H91p5hVO1',
  `$6$${sha512}`,
  // Cut off, too long, with a colon, a blank, a line.
  `$6$saltsalt$${sha512.slice(1)}`,
  `$6$saltsalt$${sha512}x`,
  `$6$salt:alt$${sha512}`,
  `$6$salt alt$${sha512}`,
  `$6$saltsalt$${sha512}\n`,
  `$6$saltsalt$${sha512}\nroot::0:0`,
  `$6$seventeen-letters$${sha512}`,
  // Of no scheme.
  `$8$saltsalt$${sha512}`,
  '{SSHA}0c0blFTXXNuAMHECS4uxrj3ZieMoWImr',
  'x',
  'secret',
  '!$1$saltsalt$9xy1btjgzLYfb7hivXtC//',
]

for (const hash of strong) {
  test(`a hash: ${hash}`, () => assert.equal(recogniseHash(hash)?.isWeak, false))
}
for (const hash of weak) test(`a weak one: ${hash}`, () => assert.equal(recogniseHash(hash)?.isWeak, true))
for (const hash of none) {
  test(`none: ${JSON.stringify(hash)}`, () => assert.equal(recogniseHash(hash), undefined))
}
