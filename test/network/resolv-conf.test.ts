// /etc/resolv.conf where nobody else makes it.

import assert from 'node:assert/strict'
import {describe, test} from 'node:test'
import type {Surroundings} from '../../src/network/dialect.ts'
import {type Network, noNetwork} from '../../src/network/model.ts'
import {planResolvConf} from '../../src/network/resolv-conf.ts'
import {guest, nic, tree} from './samples.ts'

const path = '/etc/resolv.conf'
const head = '# vmcontext: name servers of the context\n'
const names = (dns: string, search = ''): Network => {
  const split = (text: string) => text.split(' ').filter(word => word !== '')
  return {
    nics: [nic('eth0 192.168.0.5/24', {origin: 'context'})],
    dns: split(dns),
    searchDomains: split(search),
  }
}
const silent = names('')

/** The text in the end; undefined: no file. */
function plan(network: Network, before: string | undefined, fields: Partial<Surroundings> = {}) {
  const texts: Record<string, string> = before === undefined ? {} : {[path]: before}
  const {files, problems} = planResolvConf(network, guest(texts, fields))
  const [action] = files
  const after = action?.kind === 'write' ? action.content : action?.kind === 'remove' ? undefined : before
  return {after, codes: problems.map(({code}) => code)}
}

describe('written', () => {
  const becomes = (network: Network, before: string | undefined, expected: string, codes: string[] = []) =>
    test(`${network.dns.join(' ')}, ${network.searchDomains.join(' ')}, ${before ?? 'no file'}`, () => {
      assert.deepEqual(plan(network, before), {after: expected, codes})
      const originals = new Map([[path, before === undefined ? undefined : tree({[path]: before}).get(path)]])
      assert.deepEqual(plan(network, expected, {originals}), {after: expected, codes}, 'not idempotent')
    })

  becomes(names('9.9.9.9'), undefined, `${head}nameserver 9.9.9.9\n`)
  becomes(names('9.9.9.9 ::2', 'a.b c'), '', `${head}nameserver 9.9.9.9\nnameserver ::2\nsearch a.b c\n`)
  becomes(names('1.1.1.1', 'c'), 'nameserver 8.8.8.8\ndomain x\n', `${head}nameserver 1.1.1.1\nsearch c\n`)
  becomes(names('1.1.1.1'), '# x\nsearch s\nnameserver 8.8.8.8\n', `${head}nameserver 1.1.1.1\nsearch s\n`)
  becomes(names('', 'c'), 'nameserver 8.8.8.8\n', `${head}nameserver 8.8.8.8\nsearch c\n`)
  becomes(
    names('1.1.1.1'),
    'options rotate\r\nsortlist 10/8',
    `${head}nameserver 1.1.1.1\noptions rotate\nsortlist 10/8\n`,
  )
  const three = 'nameserver 1.1.1.1\nnameserver 2.2.2.2\nnameserver 3.3.3.3\n'
  becomes(names('1.1.1.1 2.2.2.2 3.3.3.3 4.4.4.4'), undefined, `${head}${three}`, ['choice-made'])
})

describe('left alone', () => {
  const stays = (
    name: string,
    network: Network,
    before: string | undefined,
    fields: Partial<Surroundings>,
    codes: string[] = [],
  ) => test(name, () => assert.deepEqual(plan(network, before, fields), {after: before, codes}))

  stays('no names, not ours', silent, 'nameserver 8.8.8.8\n', {})
  stays('no names, no file', silent, undefined, {})
  stays('ours, and it is not known what was before', silent, `${head}nameserver 1.1.1.1\n`, {})
  stays(
    'a link to another service',
    names('1.1.1.1'),
    'x',
    {resolvConfTarget: '../run/systemd/resolve/stub-resolv.conf'},
    ['value-ignored'],
  )
  stays('a link, and nothing to say', silent, 'x', {resolvConfTarget: '/run/resolvconf/resolv.conf'})
})

describe('given back', () => {
  const returns = (network: Network, original: string | undefined) =>
    test(`${network.nics.length} NICs, ${original ?? 'no file'}`, () => {
      const originals = new Map([
        [path, original === undefined ? undefined : tree({[path]: original}).get(path)],
      ])
      assert.deepEqual(plan(network, `${head}nameserver 1.1.1.1\n`, {originals}), {
        after: original,
        codes: [],
      })
    })

  returns(silent, 'nameserver 8.8.8.8\n')
  returns(silent, undefined)
  returns(noNetwork, 'nameserver 8.8.8.8\n')
})
