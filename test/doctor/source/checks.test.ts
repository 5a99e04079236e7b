// What the doctor says of the text of a context, of whose it is, and of what else is on the disc.

import assert from 'node:assert/strict'
import {test} from 'node:test'
import {makeGuest, type TreeGuest} from '../broken-guest.ts'
import {cards} from '../healthy-root.ts'

const foreign = {ETH0_MAC: '02:00:c0:a8:00:09', ETH1_MAC: '02:00:0a:00:01:09'}
const once = (mark: string) => (guest: TreeGuest) =>
  guest.put(
    'var/lib/vmcontext/manifest.json',
    JSON.stringify({
      ...{version: 1, files: {}, accounts: {}, keys: {}, nics: {}, hosts: [], passwords: {}},
      ...{shownHostKeys: [], once: {'user-data': mark}},
    }),
  )

type Case = [id: string, name: string, change: (guest: TreeGuest) => unknown, outcome: string, says: RegExp]

const cases: readonly Case[] = [
  [
    'context',
    'a value that is none',
    g => g.insertDisc({variables: {ETH1_IP: '10.0.1'}}),
    'wrong',
    /^context\.sh:9 .*ETH1_IP/,
  ],
  [
    'context',
    'a command',
    g => g.insertDisc({text: "A='1'\nB=$(id)\n"}),
    'wrong',
    /^context\.sh:2 .*command/,
  ],
  [
    'context',
    'two quotes that are not closed',
    g => g.insertDisc({text: "A='1\nB='2'\nC='3\nD='4'\nE='5'\n"}),
    'wrong',
    /^context\.sh:1 .*\n?/,
  ],
  [
    'disc-contents',
    'line ends of Windows, which the text check has told',
    g => g.insertDisc({text: "A='1'\r\nB='2'\r\n"}),
    'ok',
    /./,
  ],
  [
    'context',
    'no variable',
    g => g.insertDisc({text: '# nothing\n'}),
    'wrong',
    /no variable in the context\.sh on \/dev\/sr0/,
  ],
  ['context', 'NUL bytes', g => g.insertDisc({text: 'A=1\0\n'}), 'wrong', /NUL/],
  [
    'disc-owner',
    'one card of two is here',
    g => g.insertDisc({variables: {ETH1_MAC: foreign.ETH1_MAC}}),
    'ok',
    /1 of its 2 MACs/,
  ],
  ['disc-owner', 'none is here', g => g.insertDisc({variables: foreign}), 'wrong', /another VM/],
  [
    'disc-owner',
    'another number',
    g => changeNumber(g, 'vmid=42 text=0'),
    'warning',
    /^context\.sh:\d+ .*of the VM 43, .* of the VM 42/,
  ],
  ['disc-owner', 'the same number', g => changeNumber(g, 'vmid=43 text=0'), 'ok', /./],
  [
    'disc-contents',
    'a private key',
    g => g.insertDisc({files: {id_rsa: '-----BEGIN RSA PRIVATE KEY-----\n'}}),
    'wrong',
    /^id_rsa .*private key/,
  ],
  [
    'disc-contents',
    'a hash as password',
    g =>
      g.insertDisc({
        variables: {
          PASSWORD:
            '$6$abcdefgh$aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa',
        },
      }),
    'warning',
    /PASSWORD.*this is a hash/,
  ],
  [
    'disc-contents',
    'how it was made is nobody’s business',
    g => g.insertDisc({files: {'a:b': '1'}}),
    'ok',
    /a:b/,
  ],
]

for (const [id, name, change, outcome, says] of cases) {
  test(`${id}: ${name}`, async t => {
    const guest = await makeGuest(t)
    await change(guest)
    const {report, text} = await guest.examine('--only', id)
    const [check] = report.checks
    assert.equal(check?.outcome, outcome, text)
    const told = check!.problems.map(
      ({file, line, key, message}) => `${[file, line].filter(Boolean).join(':')} ${key} ${message}`,
    )
    assert.match([...told, ...check!.facts].join('\n'), says)
  })
}

test('a disc of another machine is told once, not by every card', async t => {
  const guest = await makeGuest(t)
  await guest.insertDisc({variables: foreign})
  const {report, text} = await guest.examine()
  assert.equal(report.wrong, 1, text)
  for (const mac of [...Object.values(foreign), ...Object.values(cards)]) assert.ok(text.includes(mac), mac)
})

async function changeNumber(guest: TreeGuest, mark: string) {
  once(mark)(guest)
  await guest.insertDisc({variables: {VMID: '43'}})
}
