// What the doctor says of the drives and the disc, in the states that no broken guest is made of.

import assert from 'node:assert/strict'
import {mkdirSync} from 'node:fs'
import {test} from 'node:test'
import {seeDrives} from '../../../src/doctor/source/drives.ts'
import {SystemError} from '../../../src/system/errors.ts'
import {openSystem, type System} from '../../../src/system/system.ts'
import {makeDirectory} from '../../temporary.ts'
import {type DiscChoice, makeGuest, renderContext, type TreeGuest} from '../broken-guest.ts'
import {healthyVariables} from '../healthy-root.ts'

const cases: readonly [name: string, change: (guest: TreeGuest) => unknown, outcome: string, says: RegExp][] =
  [
    [
      'a healthy one',
      () => {},
      'ok',
      /^\/dev\/sr0: iso9660 labelled "CONTEXT", found by its label CONTEXT, 12 var/,
    ],
    [
      'a second disc',
      guest => insertSecond(guest),
      'warning',
      /2 discs are labelled CONTEXT; \/dev\/sr0 is taken/,
    ],
    [
      'a disc of 2.2',
      guest => guest.insertDisc({label: 'CDROM', text: 'HOSTNAME="a"\n'}),
      'ok',
      /the label CDROM/,
    ],
    [
      'a context of today on a disc of 2.2',
      guest => guest.insertDisc({label: 'CDROM'}),
      'warning',
      /its label is "CDROM", as that of OpenNebula 2\.2: agents of today do not find it/,
    ],
    ['a drive that TARGET names', insertTarget, 'ok', /named by TARGET/],
    [
      'nothing but a context.sh missing',
      guest => insert(guest, {text: null, files: {a: '1'}}),
      'wrong',
      /no context\.sh on it/,
    ],
    [
      'a directory, as a container has it',
      guest => {
        guest.remove('dev/sr0')
        guest.put('context/context.sh', renderContext(healthyVariables))
      },
      'ok',
      /^\/context: a directory/,
    ],
    [
      'a directory without a context.sh',
      guest => {
        guest.remove('dev/sr0')
        guest.put('context/token.txt', 'x')
      },
      'wrong',
      /\/context cannot be read as a context: there is no context\.sh in it/,
    ],
    [
      'a drive that is broken',
      guest => {
        guest.remove('dev/sr0')
        mkdirSync(guest.at('dev/sr0'))
      },
      'wrong',
      /sr0 cannot be read as a context: it is a directory/,
    ],
    [
      'a drive without its device',
      guest => {
        guest.remove('dev/sr0')
        guest.put('etc/vmcontext.conf', 'CONTEXT_WAIT=0\n')
      },
      'wrong',
      /\/dev\/sr0 is there and does not answer/,
    ],
    [
      'a disk with the label in small letters',
      guest => {
        guest.remove('dev/sr0')
        guest.remove('sys/class/block/sr0')
        guest.put('sys/class/block/vdb/size', '736\n')
        guest.put('dev/vdb', ext2('context'))
      },
      'wrong',
      /\/dev\/vdb \(ext2 labelled "context"\) is no context: it has not the label CONTEXT/,
    ],
  ]

for (const [name, change, outcome, says] of cases) {
  test(name, async t => {
    const guest = await makeGuest(t)
    await change(guest)
    const {report, text} = await guest.examine('--only', 'disc')
    const [check] = report.checks
    assert.equal(check?.outcome, outcome, text)
    const messages = check!.problems.map(({message}) => message)
    assert.match([...check!.facts, ...messages].join('\n'), says)
    for (const problem of check!.problems) assert.ok(problem.cure, `no cure for: ${problem.message}`)
  })
}

test('an image without drives is not blamed for having no disc', async t => {
  const guest = await makeGuest(t)
  guest.remove('sys/class/block')
  guest.remove('dev')
  const {report} = await guest.examine('--only', 'disc')
  assert.match(report.checks[0]?.skipped ?? '', /--context names/)
})

test('without a disc, but with addresses from the MACs, it is doubtful and not wrong', async t => {
  const guest = await makeGuest(t)
  await guest.insertDisc({label: 'Debian 12', text: null, files: {'README.txt': 'install me'}})
  const {report} = await guest.examine('--only', 'disc')
  const [check] = report.checks
  assert.equal(check?.outcome, 'warning')
  assert.match(check.problems[0]!.message, /a disc labelled "Debian 12" and no context\.sh in \/dev\/sr0/)
})

test('an empty drive is told from one that holds something else', t => {
  const root = makeDirectory(t, {'sys/class/block/sr0/size': '8\n', 'dev/sr0': ''})
  const system = openSystem(root)
  const readAt = () => {
    throw new SystemError(
      'read /dev/sr0',
      Object.assign(new Error(), {errno: -123, code: 'Unknown system error -123'}),
    )
  }
  const empty: System = {...system, files: {...system.files, readAt}}
  const {facts, problems} = seeDrives({system: empty})
  assert.deepEqual(facts, ['/dev/sr0: no disc in it'])
  assert.match(problems[0]!.message, /there is no disc in \/dev\/sr0/)
  assert.match(problems[0]!.cure, /section CONTEXT/)
})

async function insert(guest: TreeGuest, disc: DiscChoice) {
  await guest.insertDisc(disc)
}

async function insertSecond(guest: TreeGuest) {
  guest.put('sys/class/block/sr1/size', '736\n')
  await guest.insertDisc({device: 'sr1'})
}

async function insertTarget(guest: TreeGuest) {
  guest.put('etc/vmcontext.conf', 'TARGET=sr0\n')
  await guest.insertDisc({label: 'WHATEVER'})
}

/** As much of a file system as tells its type and label. */
function ext2(label: string): Buffer {
  const bytes = Buffer.alloc(64 * 1024)
  bytes.writeUInt16LE(0xef53, 1024 + 56)
  bytes.write(label, 1024 + 120, 'latin1')
  return bytes
}
