import assert from 'node:assert/strict'
import {test} from 'node:test'
import type {MountFact} from '../../../src/facts/storage/mounts.ts'
import {readVolumes} from '../../../src/facts/storage/volumes.ts'
import {openSystem} from '../../../src/system/system.ts'
import {makeDirectory} from '../../temporary.ts'

const mount: MountFact = {
  ...{point: '/', type: 'btrfs', source: '/dev/vda1', number: '0:30', directory: '/@'},
  isReadOnly: false,
}

const cases: [name: string, mount: MountFact, point: string | undefined][] = [
  ['a subvolume of btrfs', mount, '/'],
  ['a whole ext4', {...mount, type: 'ext4', number: '254:1', directory: '/'}, '/'],
  ['a part of an ext4', {...mount, type: 'ext4', number: '254:1'}, undefined],
  ['another device', {...mount, source: '/dev/vdb1'}, undefined],
]

for (const [name, each, point] of cases) {
  test(`what is mounted from a device that was named: ${name}`, t => {
    const system = openSystem(makeDirectory(t))
    const numbers: Record<string, number> = {'/dev/vda1': 254 * 256 + 1, '/dev/vdb1': 254 * 256 + 17}
    const status = (path: string) => path in numbers && {isBlockDevice: () => true, rdev: numbers[path]}
    const guest = {...system, files: {...system.files, status}} as unknown as typeof system
    const volumes = readVolumes(guest, [{path: '/dev/vda1'}], [each], read => read())
    assert.equal(volumes.get('/dev/vda1')?.point, point)
  })
}
