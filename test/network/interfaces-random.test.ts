// Properties of the ifupdown dialect on random files: bytes of others survive, in order; a second run changes nothing.

import assert from 'node:assert/strict'
import {test} from 'node:test'
import {interfaces} from '../../src/network/interfaces/interfaces.ts'
import {formatInterfaces, parseInterfaces} from '../../src/network/interfaces/interfaces-file.ts'
import type {Nic} from '../../src/network/model.ts'
import {rounds, tried} from '../campaign/rounds.ts'
import {chooseSeed} from '../random.ts'
import {type Piece, randomInterfaces, randomNic} from './random-interfaces.ts'
import {apply, define, guest, nic} from './samples.ts'

const path = '/etc/network/interfaces'
const firstSeed = chooseSeed()
const seeds = Array.from({length: rounds(1000, 30_000)}, (_, index) => firstSeed + index)
const eth0 = nic('eth0 192.168.0.5/24 via 192.168.0.1')

const eachSeed = (name: string, check: (pieces: readonly Piece[]) => void) =>
  test(`${name}, VMCONTEXT_SEED=${firstSeed}`, t => {
    for (const seed of seeds) {
      const pieces = randomInterfaces(seed, 'eth0')
      try {
        check(pieces)
      } catch (error) {
        throw new Error(`VMCONTEXT_SEED=${seed}\n${textOf(pieces)}`, {cause: error})
      }
    }
    tried(t, seeds.length, `random networks in interfaces: ${name}`)
  })

eachSeed('a file read and put together is the file', pieces => {
  assert.equal(formatInterfaces(parseInterfaces(textOf(pieces))), textOf(pieces))
})

eachSeed('what is not ours survives, in order', pieces => {
  const after = render(textOf(pieces))
  let position = 0
  for (const kept of pieces.flatMap(piece => (piece.isOurs ? commentsOf(piece.text) : [piece.text]))) {
    const found = after.indexOf(kept, position)
    assert.notEqual(found, -1, `lost: ${JSON.stringify(kept)} of\n${after}`)
    position = found + kept.length
  }
})

eachSeed('a second run changes nothing', pieces => {
  const once = render(textOf(pieces))
  assert.equal(render(once), once)
})

eachSeed('one stanza and one auto', pieces => {
  const after = render(textOf(pieces))
  assert.equal(after.match(/^[ \t]*iface[ \t]+eth0 inet[ \t]/gm)?.length, 1, after)
  assert.match(after, /^auto .*\beth0(?=\s|$)/m)
})

const eachModel = (name: string, check: (one: Nic, text: string) => void) =>
  test(`${name}, VMCONTEXT_SEED=${firstSeed}`, t => {
    for (const seed of seeds) {
      const one = randomNic(seed, 'eth0')
      const text = textOf(randomInterfaces(seed, 'eth0'))
      try {
        check(one, text)
      } catch (error) {
        throw new Error(`VMCONTEXT_SEED=${seed}\n${JSON.stringify(one)}\n${text}`, {cause: error})
      }
    }
    tried(t, seeds.length, `random networks in interfaces: ${name}`)
  })

eachModel('any model: a second run changes nothing', (one, text) => {
  const once = apply(interfaces, [one], {[path]: text})
  assert.deepEqual(apply(interfaces, [one], once), once)
})

eachModel('any model: given back, the file is as it was', (one, text) => {
  const originals = new Map([[path, {content: text, mode: 0o644}]])
  const now = apply(interfaces, [one], {[path]: text})
  const {files} = interfaces.render({...define(), giveBack: [one]}, guest(now, {originals}))
  assert.deepEqual(files, [{kind: 'write', path, content: text, mode: 0o644}])
})

eachModel('any model: withdrawn, nothing is left of it', (one, text) => {
  const now = apply(interfaces, [one], {[path]: text})
  const {files} = interfaces.render({...define(), withdraw: [one]}, guest(now))
  const [file] = files
  assert.doesNotMatch(
    file?.kind === 'write' ? file.content : '',
    /^[ \t]*(iface|auto|mapping)\b.*\beth0(?=\s|$)/m,
  )
})

eachModel('any model: what the file says is the model', one => {
  assert.deepEqual(readBack(apply(interfaces, [one], {})[path]!), describe(one))
})

/** What a stanza adds in the end: addresses, and routes with their metric, in whatever order. */
function readBack(text: string): string[] {
  const found: string[] = []
  let address = ''
  for (const line of text.slice(text.indexOf('iface eth0')).split('\n')) {
    const [keyword, value = '', ...rest] = line.trim().split(' ')
    if (keyword === 'iface') found.push(`${rest[0]} ${rest[1]}`)
    if (keyword === 'address') address = value
    if (keyword === 'netmask') found.push(`${address}/${/\./.test(value) ? prefixOf(value) : value}`)
    if (keyword === 'gateway') found.push(`default via ${value}`)
    const [, added] = /^up ip (?:-6 )?(?:address|route) replace (.*)$/.exec(line.trim()) ?? []
    if (added !== undefined) found.push(added.replace(' dev eth0', ''))
  }
  return found.filter(each => !/ manual$/.test(each)).toSorted()
}

function prefixOf(mask: string): number {
  return mask.split('.').reduce((sum, part) => sum + Number(part).toString(2).replaceAll('0', '').length, 0)
}

function describe({ipv4, ipv6}: Nic): string[] {
  const withMetric = (text: string, metric?: number) =>
    metric === undefined ? text : `${text} metric ${metric}`
  const found = [ipv4, ipv6].flatMap(family => {
    if (family === undefined) return []
    const {gateway, routes, addresses} = family
    const ofRoutes = new Set(routes.flatMap(route => (route.gateway?.onLink ? [route.gateway.address] : [])))
    return [
      ...addresses.map(({address, prefix}) => `${address}/${prefix}`),
      ...(gateway === undefined ? [] : [withMetric(`default via ${gateway.address}`, gateway.metric)]),
      ...(gateway?.onLink ? [gateway.address] : []),
      ...ofRoutes,
      ...routes.map(({destination: {address, prefix}, gateway, metric}) =>
        withMetric(`${address}/${prefix}${gateway === undefined ? '' : ` via ${gateway.address}`}`, metric),
      ),
    ]
  })
  const isOwn6 = ipv6?.method === 'static' && ipv4?.method !== 'dhcp'
  const methods = [
    ...(ipv4 === undefined ? [] : [`inet ${ipv4.method}`]),
    ...(isOwn6 ? ['inet6 static'] : []),
  ]
  return [...found, ...methods].toSorted()
}

function render(text: string): string {
  return apply(interfaces, [eth0], {[path]: text})[path]!
}

function textOf(pieces: readonly Piece[]): string {
  return pieces.map(piece => piece.text).join('')
}

function commentsOf(text: string): string[] {
  return text.match(/^[ \t]*#.*\n/gm) ?? []
}
