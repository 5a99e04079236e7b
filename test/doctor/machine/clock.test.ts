// The clock, judged by what else is known of the time.

import assert from 'node:assert/strict'
import {test} from 'node:test'
import type {Exam} from '../../../src/doctor/exam.ts'
import {clockCheck, judgeClock} from '../../../src/doctor/machine/clock.ts'
import {weighProblem} from '../../../src/problem.ts'
import {openSystem} from '../../../src/system/system.ts'
import {makeDirectory} from '../../temporary.ts'

const now = Date.UTC(2026, 10, 23, 12)
const hour = 3_600_000
const day = 24 * hour
const facts = {written: [], isHardwareLocal: false}
const describe = (...args: Parameters<typeof judgeClock>) =>
  judgeClock(...args).map(problem => `${weighProblem(problem)}: ${problem.message} (${problem.cure})`)

test('a clock that is right', () => {
  const written = [
    {path: '/etc/passwd', time: now},
    {path: '/etc/os-release', time: now - 900 * day},
  ]
  assert.deepEqual(describe(now, {...facts, written, hardware: now + 1000}), [])
})

test('1970', () => {
  const [said] = describe(5000, facts)
  assert.match(said!, /^failure: the clock says 1970-01-01 00:00:05 UTC: certificates/)
  assert.match(said!, /date -u -s/)
  const [withHardware] = describe(5000, {...facts, hardware: now})
  assert.match(withHardware!, /\(take that of the hardware: hwclock --hctosys\)$/)
})

test('files from the future: one may have a date of its own, two have not', () => {
  const one = {path: '/etc/os-release', time: now + 400 * day}
  const two = {path: '/etc/passwd', time: now + 30 * day}
  assert.deepEqual(describe(now, {...facts, written: [one]}), [])
  assert.match(
    describe(now, {...facts, written: [one, two]})[0]!,
    /^failure: .*but \/etc\/passwd was written 2026-12-23/,
  )
})

test('a clock of the hardware that differs', () => {
  assert.match(
    describe(now, {...facts, hardware: now + 2 * hour})[0]!,
    /^warning: the clock of the hardware says/,
  )
  const local = {...facts, isHardwareLocal: true}
  assert.match(
    describe(now, {...local, hardware: now + 2 * hour})[0]!,
    /^note: .*it shows the time of the place/,
  )
  assert.match(describe(now, {...local, hardware: now + 20 * 60_000})[0]!, /^warning:/)
})

test('far ahead', () => {
  assert.match(describe(Date.UTC(2200, 0), facts)[0]!, /^failure: .*which is far ahead/)
})

test('who keeps it right: of a container its host, and no agent of a hypervisor', async t => {
  const examine = async (files: Record<string, string>, ...services: string[]) => {
    const system = openSystem(makeDirectory(t, files))
    const exam = {system, prepared: {facts: {services: new Set(services)}}} as unknown as Exam
    const {facts, problems} = await clockCheck.examine(exam)
    return [...facts, ...problems.map(({message}) => message)].join('\n')
  }
  // A clock of the hardware that differs is nothing that a container could mend.
  const container = {'run/systemd/container': 'lxc\n', 'sys/class/rtc/rtc0/since_epoch': '1000000000\n'}
  assert.match(await examine(container), /^.* UTC, kept by its host$/)
  assert.match(await examine({etc: ''}, 'chrony'), /^.* UTC, kept by chrony$/)
  assert.match(await examine({etc: ''}, 'qemu-guest-agent'), / UTC\nnothing that keeps the clock right/)
})
