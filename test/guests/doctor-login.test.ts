// The doctor on logins, with sshd of Debian 12 as the judge: what the doctor calls wrong sshd refuses, and once its cure
// is followed sshd lets in; what sshd lets in all the same the doctor does not call wrong.

import assert from 'node:assert/strict'
import {describe, test} from 'node:test'
import type {Report} from '../doctor/broken-guest.ts'
import {type Guest, startGuest} from './guest.ts'
import {skipWithoutGuest} from './host.ts'
import {logIn, setContext} from './log-in.ts'
import {type KeyPair, makeKeyPair} from './manual-context.ts'

const login = ['account', 'keys', 'password', 'seal']

async function examine(guest: Guest, ids: readonly string[] = login): Promise<Report> {
  const {stdout, stderr} = await guest.run([
    ...(['vmcontext', 'doctor', '--json'] as const),
    ...ids.flatMap(id => ['--only', id]),
  ])
  assert.equal(stderr, '')
  return JSON.parse(stdout)
}

/** The first line that is wrong: its check, what it says, and its cure. */
function firstWrong({checks}: Report) {
  const check = checks.find(({outcome}) => outcome === 'wrong')
  const problem = check?.problems.find(({weight}) => weight === 'failure')
  return {id: check?.id, said: `${problem?.file ?? ''} ${problem?.message}`, cure: problem?.cure ?? ''}
}

async function startWithKey(key: KeyPair): Promise<Guest> {
  const guest = await startGuest()
  await setContext(guest, {USERNAME: 'joe', SSH_PUBLIC_KEY: key.publicKey})
  await guest.expect(['vmcontext', 'boot'])
  return guest
}

const sshd = '/etc/ssh/sshd_config'
const addLine = (line: string) => `cp ${sshd} /root/sshd_config; sed -i '1i ${line}' ${sshd}`
const dropLine = `cp /root/sshd_config ${sshd}`
const withoutPam = `sed -i 's/^UsePAM yes/UsePAM no/' ${sshd}`

type Case = {
  /** What a shell in the guest does to it. */
  breaks: string
  id: string
  says: RegExp
  /** Where the cure is told in words: what follows from them. */
  cure?: string
}

const wrongs: readonly Case[] = [
  {breaks: 'chmod 777 /home/joe', id: 'keys', says: /everybody may write \/home\/joe/},
  {
    breaks: 'chgrp nogroup /home/joe/.ssh; chmod 770 /home/joe/.ssh',
    id: 'keys',
    says: /its group may write \/home\/joe\/\.ssh/,
  },
  {
    breaks: 'chmod 666 /home/joe/.ssh/authorized_keys',
    id: 'keys',
    says: /everybody may write .*authorized_keys/,
  },
  {
    breaks: 'chown nobody /home/joe/.ssh/authorized_keys',
    id: 'keys',
    says: /authorized_keys belongs to neither joe nor root/,
  },
  {
    breaks: 'chmod 600 /home/joe/.ssh/authorized_keys; chown root /home/joe/.ssh/authorized_keys',
    id: 'keys',
    says: /joe may not read \/home\/joe\/\.ssh\/authorized_keys/,
  },
  {
    breaks: 'chown root /home/joe/.ssh; chmod 700 /home/joe/.ssh',
    id: 'keys',
    says: /joe may not pass through \/home\/joe\/\.ssh/,
  },
  {breaks: 'chmod 700 /home', id: 'keys', says: /joe may not pass through \/home /},
  {breaks: 'chown nobody /home/joe', id: 'account', says: /the home of joe belongs to the user 65534/},
  {breaks: ': >/home/joe/.ssh/authorized_keys', id: 'keys', says: /1 of the 1 key that .* is not there/},
  {breaks: 'usermod -s /bin/gone joe', id: 'account', says: /the shell \/bin\/gone of joe is not there/},
  {breaks: ': >/etc/nologin', id: 'account', says: /only root may log in/},
  {breaks: 'chage -E 1 joe', id: 'password', says: /the account joe expired on 1970-01-02/},
  {breaks: `${withoutPam}; usermod -L joe`, id: 'password', says: /joe is locked .* UsePAM is off/},
  {breaks: addLine('DenyUsers eve joe'), id: 'keys', says: /sshd refuses joe/, cure: dropLine},
  {breaks: addLine('AllowUsers eve'), id: 'keys', says: /does not name the user joe/, cure: dropLine},
  {breaks: addLine('AllowGroups wheel'), id: 'keys', says: /does not name a group of joe/, cure: dropLine},
  {
    breaks: addLine('Match User jo?\\nDenyGroups j*\\nMatch all'),
    id: 'keys',
    says: /the line is about a group of joe \(joe\)/,
    cure: dropLine,
  },
  {breaks: addLine('PubkeyAuthentication no'), id: 'keys', says: /takes no keys/, cure: dropLine},
  {
    breaks: addLine('AuthenticationMethods publickey,password'),
    id: 'keys',
    says: /asks for publickey,password/,
    cure: dropLine,
  },
]

const harmless = [
  'chmod 711 /home/joe',
  'chmod 750 /home/joe/.ssh',
  // Debian's sshd: nobody else is in the group.
  'chmod 775 /home/joe; chmod 770 /home/joe/.ssh',
  'chmod 644 /home/joe/.ssh/authorized_keys; chown root /home/joe/.ssh/authorized_keys',
  'chmod 777 /home; chmod 1777 /home',
  'usermod -L joe',
  addLine('DenyUsers eve'),
  addLine('AllowUsers jo?'),
  addLine('AllowGroups joe'),
  addLine('Match User eve\\nPubkeyAuthentication no\\nDenyUsers *\\nMatch all'),
  addLine('AuthenticationMethods publickey,password publickey'),
  addLine('PermitRootLogin no'),
]

describe('the doctor on logins', skipWithoutGuest('namespace'), () => {
  test('what it calls wrong is refused, and its cure lets in', async () => {
    await using key = await makeKeyPair()
    await using guest = await startWithKey(key)
    assert.equal(await logIn(guest, 'joe', key), 'joe')
    assert.equal((await examine(guest)).wrong, 0)
    for (const {breaks, id, says, cure} of wrongs) {
      await guest.expect(['sh', '-c', breaks])
      assert.doesNotMatch(await logIn(guest, 'joe', key), /^joe$/, breaks)
      const first = firstWrong(await examine(guest))
      assert.equal(first.id, id, `${breaks}: ${first.said}`)
      assert.match(first.said, says, breaks)
      await guest.expect(['sh', '-c', cure ?? commandOf(first.cure)])
      const after = await examine(guest)
      assert.equal(after.wrong, 0, `${breaks}: ${first.cure}: ${firstWrong(after).said}`)
      assert.equal(await logIn(guest, 'joe', key), 'joe', `${breaks}: ${first.cure}`)
    }
  })

  test('what lets in is not called wrong', async () => {
    await using key = await makeKeyPair()
    for (const change of harmless) {
      await using guest = await startWithKey(key)
      await guest.expect(['sh', '-c', change])
      assert.equal(await logIn(guest, 'joe', key), 'joe', change)
      const report = await examine(guest)
      assert.equal(report.wrong, 0, `${change}: ${firstWrong(report).said}`)
    }
  })

  test('sshd has no host keys, or its configuration has a mistake', async () => {
    await using key = await makeKeyPair()
    await using guest = await startWithKey(key)
    await guest.expect(['sh', '-c', 'rm /etc/ssh/ssh_host_*'])
    const keyless = firstWrong(await examine(guest))
    assert.match(keyless.said, /sshd has no host keys/)
    await guest.expect(['sh', '-c', commandOf(keyless.cure)])
    assert.equal(await logIn(guest, 'joe', key), 'joe')
    await guest.expect(['sh', '-c', addLine('PermitRootLgoin no')])
    const misspelt = firstWrong(await examine(guest))
    assert.equal(misspelt.id, 'keys')
    assert.match(
      misspelt.said,
      /^\/etc\/ssh\/sshd_config sshd does not start with this configuration: Bad .*PermitRootLgoin/,
    )
  })

  test('a mistake in a file of sudo', async () => {
    await using key = await makeKeyPair()
    await using guest = await startWithKey(key)
    const become = [
      'setpriv',
      '--reuid=joe',
      '--regid=joe',
      '--clear-groups',
      'sudo',
      '-n',
      'id',
      '-un',
    ] as const
    assert.equal(await guest.expect(become), 'root\n')
    const breaks = [
      ['printf "joe ALL\\n" >/etc/sudoers.d/95-bad', /95-bad syntax error/, 'rm /etc/sudoers.d/95-bad'],
      ['chmod 666 /etc/sudoers.d/90-vmcontext', /everybody may write this/, undefined],
      ['chown joe /etc/sudoers.d/90-vmcontext', /this belongs to the user 1000/, undefined],
      ['rm /etc/sudoers.d/90-vmcontext', /joe has not got the rule/, undefined],
    ] as const
    for (const [script, says, cure] of breaks) {
      await guest.expect(['sh', '-c', script])
      const first = firstWrong(await examine(guest, ['sudo']))
      assert.match(first.said, says, script)
      await guest.expect(['sh', '-c', cure ?? commandOf(first.cure)])
      const after = await examine(guest, ['sudo'])
      assert.equal(after.wrong, 0, `${script}: ${firstWrong(after).said}`)
      assert.equal(await guest.expect(become), 'root\n', script)
    }
  })

  test('a full disk is named first, with what fills it', async () => {
    await using key = await makeKeyPair()
    await using guest = await startWithKey(key)
    const fill = 'mount -t tmpfs -o size=24m var /var/log; head -c 30m /dev/zero >/var/log/syslog'
    await guest.run(['sh', '-c', fill])
    const {stdout} = await guest.run(['vmcontext', 'doctor', '--json'])
    const first = firstWrong(JSON.parse(stdout))
    assert.equal(first.id, 'space', first.said)
    assert.match(first.said, /^\/var\/log this file system is full, nothing of its 24\.0 MiB is free/)
    assert.match(first.said, /\/var\/log\/syslog alone has 24\.0 MiB/)
    await guest.expect(['rm', '/var/log/syslog'])
    assert.equal((await examine(guest, ['space'])).wrong, 0)
  })

  test('no more files, and a disk that turned read-only', async () => {
    await using guest = await startGuest()
    const fill =
      'mount -t tmpfs -o size=24m,nr_inodes=32 var /var/log; touch /var/log/$(seq -s " /var/log/" 40)'
    await guest.run(['sh', '-c', fill])
    assert.match(firstWrong(await examine(guest, ['space'])).said, /no room for more files/)
    await guest.expect(['sh', '-c', 'umount /var/log; mount -t tmpfs -o ro,size=1m var /var/log'])
    const first = firstWrong(await examine(guest, ['space']))
    assert.match(first.said, /^\/var\/log this is mounted read-only: nothing can be written to \/var\/log/)
    await guest.expect(['sh', '-c', commandOf(first.cure)])
    assert.equal((await examine(guest, ['space'])).wrong, 0)
  })

  test('an ordinary user is told what could not be seen, and nothing is called wrong for it', async () => {
    await using key = await makeKeyPair()
    await using guest = await startWithKey(key)
    await guest.expect(['chmod', '700', '/home/joe'])
    const asNobody = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups'] as const
    const ids = ['space', 'records', 'files', 'sudo', 'last-run', 'scripts', ...login]
    const argv = [...asNobody, 'vmcontext', 'doctor', '--json', ...ids.flatMap(id => ['--only', id])] as const
    const report: Report = JSON.parse((await guest.run(argv)).stdout)
    assert.equal(report.wrong, 0, firstWrong(report).said)
    const skipped = report.checks.filter(({outcome}) => outcome === 'skipped').map(({id}) => id)
    assert.deepEqual(skipped.sort(), ['files', 'keys', 'password', 'records', 'sudo'])
  })

  test('the machine is told, without numbers that tell it from others', async () => {
    await using guest = await startGuest()
    const report = await examine(guest, ['machine'])
    const text = report.checks.flatMap(({facts}) => facts).join('\n')
    assert.match(text, /^Debian GNU\/Linux 12 \(bookworm\), kernel \d+\.\d+/)
    assert.match(text, /^\d+ CPUs?/m)
    assert.match(text, /iB of memory, .* to be had/)
    assert.doesNotMatch(text, /[0-9a-f]{8}-[0-9a-f]{4}|serial/i)
  })
})

describe('the doctor on what was done', skipWithoutGuest('namespace'), () => {
  const records = ['records', 'files', 'last-run', 'scripts', 'seal']

  test('a boot that was, and one in which nothing ran', async () => {
    await using guest = await startGuest()
    await setContext(guest, {SET_HOSTNAME: 'web'})
    const before = firstWrong(await examine(guest, records))
    assert.match(before.said, /the agent has not run in this boot/)
    await guest.expect(['vmcontext', 'boot', '--stage', 'local'])
    const local = firstWrong(await examine(guest, records))
    assert.match(local.said, /its stage final has not run in this boot/)
    assert.match(local.cure, /^vmcontext boot does it now; .*\/var\/log\/vmcontext\.log/)
    await guest.expect(['sh', '-c', commandOf(local.cure).replace(' does it now', '')])
    assert.equal((await examine(guest, records)).wrong, 0)
    await guest.reboot()
    assert.match(firstWrong(await examine(guest, records)).said, /has not run in this boot/)
  })

  test('a file that somebody changed is mended in the same boot', async () => {
    await using guest = await startGuest()
    await setContext(guest, {SET_HOSTNAME: 'web'})
    await guest.expect(['vmcontext', 'boot'])
    await guest.expect(['sh', '-c', 'echo other >/etc/hostname'])
    const first = firstWrong(await examine(guest, records))
    assert.equal(first.id, 'files')
    assert.match(first.said, /^\/etc\/hostname somebody else changed it/)
    await guest.expect(['sh', '-c', commandOf(first.cure)])
    assert.equal((await examine(guest, records)).wrong, 0)
    assert.equal(await guest.readFile('/etc/hostname'), 'web\n')
  })

  test('how a script ended, without what it said that is secret', async () => {
    await using guest = await startGuest()
    const secret = 'open-sesame'
    await setContext(guest, {PASSWORD: secret, START_SCRIPT: 'echo "I know $PASSWORD"; exit 7'})
    await guest.run(['vmcontext', 'boot'])
    const report = await examine(guest, records)
    const first = firstWrong(report)
    assert.equal(first.id, 'scripts')
    assert.match(first.said, /START_SCRIPT exited with 7: I know \S+$/)
    assert.match(first.cure, /its output is in \/var\/log\/vmcontext\/START_SCRIPT\.log/)
    assert.doesNotMatch(JSON.stringify(report), new RegExp(secret))
    await setContext(guest, {PASSWORD: secret, START_SCRIPT: 'exit 0'})
    await guest.expect(['vmcontext', 'boot', '--only', 'start-script'])
    assert.equal((await examine(guest, records)).wrong, 0)
  })

  test('a guest under systemd that has no machine-id', async () => {
    await using guest = await startGuest()
    const id = 'd41d8cd98f00b204e9800998ecf8427e'
    const tool = `#!/bin/sh\necho ${id} >/etc/machine-id\n`
    await setContext(guest, {SET_HOSTNAME: 'web'})
    await guest.expect(['sh', '-c', 'vmcontext boot; mkdir -p /usr/lib/systemd; : >/usr/lib/systemd/systemd'])
    await guest.writeFile('/usr/bin/systemd-machine-id-setup', tool, 0o755)
    for (const text of ['', 'uninitialized\n']) {
      await guest.writeFile('/etc/machine-id', text)
      const first = firstWrong(await examine(guest, ['seal']))
      assert.match(first.said, /^\/etc\/machine-id it (is empty|says "uninitialized")/)
      await guest.expect(['sh', '-c', first.cure])
      assert.equal((await examine(guest, ['seal'])).wrong, 0)
    }
  })

  test('nothing is written, whatever is looked at', async () => {
    await using guest = await startGuest()
    await setContext(guest, {USERNAME: 'joe', PASSWORD: 'open-sesame', START_SCRIPT: 'exit 0'})
    await guest.expect(['vmcontext', 'boot'])
    const places = ['/etc', '/var', '/home', '/root', '/run', '/tmp'] as const
    const before = await guest.listing(...places)
    await examine(guest, ['machine', 'space', 'clock', 'sudo', 'labels', ...records, ...login])
    assert.equal(await guest.listing(...places), before)
  })
})

/** The command that a cure begins with. */
function commandOf(cure: string): string {
  return cure.replace(/(;| puts | mends | makes | does |, ).*$/s, '')
}
