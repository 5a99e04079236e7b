import assert from 'node:assert/strict'
import {test} from 'node:test'
import {enterNics, listRecords, type OwnedNics, settleNics} from '../../src/report/owned-nics.ts'

const mac = '02:00:c0:a8:00:05'
const eth0 = {device: 'eth0', origin: 'context', dialect: 'interfaces'} as const
const ens3 = {...eth0, device: 'ens3'}

/** What is known of the NIC after each of several plans, of which none was carried out to its end. */
function enter(...records: (typeof eth0 | typeof ens3)[]): OwnedNics {
  const nics: OwnedNics = {}
  for (const record of records) enterNics(nics, {[mac]: record})
  return nics
}

const namesOf = (nics: OwnedNics) => listRecords(nics[mac]).map(({device}) => device)

test('a run that is killed leaves a NIC under both of its names', () => {
  assert.deepEqual(namesOf(enter(eth0)), ['eth0'])
  assert.deepEqual(namesOf(enter(eth0, ens3)), ['ens3', 'eth0'])
  assert.deepEqual(namesOf(enter(eth0, ens3, ens3)), ['ens3', 'eth0'])
  assert.deepEqual(namesOf(enter(eth0, ens3, eth0)), ['eth0', 'ens3'])
})

test('a run that ends well leaves it under the last', () => {
  const nics = enter(eth0, ens3)
  settleNics(nics, {[mac]: ens3}, [])
  assert.deepEqual(nics, {[mac]: ens3})
  settleNics(nics, {}, [mac])
  assert.deepEqual(nics, {})
})

test('the records of an earlier version are read', () => {
  const nics: OwnedNics = {[mac]: {device: 'eth0', origin: 'mac-rule'}}
  enterNics(nics, {[mac]: eth0})
  assert.deepEqual(
    listRecords(nics[mac]).map(({dialect}) => dialect),
    ['interfaces', undefined],
  )
})
