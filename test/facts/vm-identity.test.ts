import assert from 'node:assert/strict'
import {test} from 'node:test'
import {readVmIdentity} from '../../src/facts/vm-identity.ts'
import {openSystem} from '../../src/system/system.ts'
import {makeDirectory} from '../temporary.ts'

const uuid = '5f0c4be5-9a1c-4d6e-8f4a-0123456789ab'
const machineId = '0123456789abcdef0123456789abcdef'
const [dmi, etc, dbus] = ['sys/class/dmi/id/product_uuid', 'etc/machine-id', 'var/lib/dbus/machine-id']

const cases: [
  what: string,
  files: Record<string, string>,
  uuid: string | undefined,
  id: string | undefined,
][] = [
  ['both', {[dmi]: `${uuid}\n`, [etc]: `${machineId}\n`}, uuid, machineId],
  ['in capitals', {[dmi]: `${uuid.toUpperCase()}\n`}, uuid, undefined],
  ['the machine-id of D-Bus, where there is no systemd', {[dbus]: `${machineId}\n`}, undefined, machineId],
  ['the empty one of an image', {[etc]: ''}, undefined, undefined],
  ['the one that systemd has not made yet', {[etc]: 'uninitialized\n'}, undefined, undefined],
  ['a uuid of all machines', {[dmi]: '00000000-0000-0000-0000-000000000000\n'}, undefined, undefined],
  ['the uuid of an example', {[dmi]: '03000200-0400-0500-0006-000700080009\n'}, undefined, undefined],
  ['no uuid', {[dmi]: 'Not Settable\n'}, undefined, undefined],
  ['nothing', {}, undefined, undefined],
]

for (const [what, files, ...expected] of cases) {
  test(`${what}: ${JSON.stringify(expected)}`, t => {
    const found = readVmIdentity({...openSystem(makeDirectory(t, files)), live: true})
    assert.deepEqual([found.uuid, found.machineId], expected)
  })
}

test("on another root this machine's firmware does not count", t => {
  assert.equal(readVmIdentity(openSystem(makeDirectory(t, {[dmi]: `${uuid}\n`}))).uuid, undefined)
})
