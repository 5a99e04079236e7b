import assert from 'node:assert/strict'
import {test} from 'node:test'
import {readTimeZone} from '../../src/context/time-zone.ts'
import type {Problem} from '../../src/problem.ts'
import {makeDisc} from './sample-disc.ts'

const names = [
  'Europe/Berlin',
  'UTC',
  'EST5EDT',
  'Etc/GMT+5',
  'Etc/GMT-14',
  'America/Port-au-Prince',
  'America/Argentina/Buenos_Aires',
  'right/Europe/Berlin',
]

for (const name of names) {
  test(`${name} may be a time zone`, () => assert.equal(read(name).zone, name))
}

test('blanks and a CR at the ends go', () => assert.equal(read(' Europe/Berlin\r').zone, 'Europe/Berlin'))

const refused = [
  '../../../etc/shadow',
  'Europe/../../etc/shadow',
  './Europe/Berlin',
  '/usr/share/zoneinfo/Europe/Berlin',
  'Europe/',
  '/Europe',
  'Europe//Berlin',
  'Europe/Berlin\nRoot',
  'America/New York',
  'tzdata.zi',
  'zone.tab',
  'posixrules',
  'localtime',
  '-e',
  '..',
  '.',
  '$(reboot)',
  'Ｅurope/Berlin',
  'A'.repeat(101),
]

for (const name of refused) {
  test(`${JSON.stringify(name.slice(0, 40))} is none`, () => {
    const {zone, problems} = read(name)
    assert.equal(zone, undefined)
    assert.deepEqual(
      problems.map(({code, key, line}) => ({code, key, line})),
      [{code: 'value-rejected', key: 'TIMEZONE', line: 1}],
    )
  })
}

test('an empty one is as good as none', () => {
  assert.deepEqual(read(''), {zone: undefined, problems: []})
})

function read(value: string) {
  const problems: Problem[] = []
  return {zone: readTimeZone(makeDisc(`TIMEZONE='${value}'\n`), problems), problems}
}
