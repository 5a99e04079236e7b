// Broken guests, of what the doctor looks at before the network: the disc, its text, and what starts the agent.

import assert from 'node:assert/strict'
import {test} from 'node:test'
import {
  assertHealthy,
  type BrokenGuest,
  brokenGuest,
  makeGuest,
  renderContext,
  skipWithoutRoot,
} from './broken-guest.ts'
import {healthyVariables} from './healthy-root.ts'

test('a healthy guest', skipWithoutRoot, async t => {
  const guest = await makeGuest(t)
  await assertHealthy(guest, 'before its first boot')
  await guest.boot()
  await assertHealthy(guest, 'after its first boot')
  const {text} = await guest.examine()
  assert.match(text, /^Nothing is wrong\.$/m)
})

const unit = 'etc/systemd/system/vmcontext-local.service'
const dropIn = `${unit}.d/late.conf`
const healthyText = renderContext(healthyVariables)

const guests: Readonly<Record<string, BrokenGuest>> = {
  'no disc in the drive': {
    break: guest => guest.put('dev/sr0', ''),
    firstWrong: 'disc',
    causeMatches: /\/dev\/sr0/,
    cureMatches: /power the VM off and on/,
    cure: guest => guest.insertDisc(),
  },
  'no drive': {
    isNew: true,
    break(guest) {
      guest.remove('sys/class/block/sr0')
      guest.put('sys/class/block/vda/size', '4096\n')
      guest.put('dev/vda', 'a disk')
    },
    firstWrong: 'disc',
    causeMatches: /no CD drive, and no disk with the label CONTEXT/,
    cureMatches: /section CONTEXT/,
    async cure(guest) {
      guest.put('sys/class/block/sr0/size', '736\n')
      await guest.insertDisc()
    },
  },
  'a disc with a label that is almost right': {
    break: guest => guest.insertDisc({label: 'CONTEXTS'}),
    firstWrong: 'disc',
    causeMatches: /sr0 .*its label is "CONTEXTS"/,
    cureMatches: /-V CONTEXT/,
    cure: guest => guest.insertDisc({label: 'CONTEXT'}),
  },
  "cloud-init's disc": {
    break: guest => guest.insertDisc({label: 'cidata', text: null, files: {'meta-data': 'instance-id: 1\n'}}),
    firstWrong: 'disc',
    causeMatches: /sr0 is a disc for cloud-init \(NoCloud\), labelled "cidata"/,
    cure: guest => guest.insertDisc(),
  },
  'the disc of another VM': {
    isNew: true,
    break: guest =>
      guest.insertDisc({variables: {ETH0_MAC: '02:00:c0:a8:00:09', ETH1_MAC: '02:00:0a:00:01:09'}}),
    firstWrong: 'disc-owner',
    causeMatches: /another VM.*02:00:c0:a8:00:09 \(ETH0\).*this machine has 02:00:c0:a8:00:05 \(eth0\)/,
    cureMatches: /attach the one of this VM/,
    cure: guest => guest.insertDisc(),
  },
  'a quote that never closes': {
    break: guest => guest.insertDisc({text: healthyText.replace("'wiki.example.org'", "'wiki.example.org")}),
    firstWrong: 'context',
    causeMatches: /^context\.sh:11:SET_HOSTNAME the quote that opens here is not closed/,
    cureMatches: /put a ' at the end of line 11/,
    cure: guest => guest.insertDisc({text: healthyText.replace(/^(SET_HOSTNAME=.*?)'*$/m, "$1'")}),
  },
  'the agent is started behind the network': {
    break: guest => guest.put(dropIn, '[Unit]\nAfter=network-online.target\n'),
    firstWrong: 'start',
    causeMatches: /late\.conf:2:After .*behind network-online\.target/,
    cureMatches: /take that line out/,
    cure: guest => guest.edit(dropIn, text => text.replace(/^After=.*\n/m, '')),
  },
  'the agent is started behind the network by a line that goes on below': {
    break: guest =>
      guest.put(dropIn, '[Unit]\n# Before=a \\\nAfter=local-fs.target \\\n  network-online.target\n'),
    firstWrong: 'start',
    causeMatches: /late\.conf:3:After .*behind network-online\.target/,
    cure: guest => guest.remove(dropIn),
  },
  'somebody has put a condition to the unit': {
    break: guest => guest.put(dropIn, '[Unit]\nConditionPathExists=/etc/cloud/enabled\n'),
    firstWrong: 'start',
    causeMatches: /late\.conf:2:ConditionPathExists this decides whether vmcontext-local\.service runs/,
    cure: guest => guest.remove(dropIn),
  },
  'a unit of which somebody took the order': {
    break: guest => guest.edit(unit, text => text.replaceAll(/^Before=.*\n/gm, '')),
    firstWrong: 'start',
    causeMatches: /nothing orders vmcontext-local\.service before networking\.service/,
    cureMatches: /vmcontext install/,
    async cure(guest) {
      await guest.install()
    },
  },
  'a unit that is masked': {
    break: guest => guest.put(unit, '->/dev/null'),
    firstWrong: 'start',
    causeMatches: /it is masked/,
    cureMatches: /systemctl unmask/,
    async cure(guest) {
      guest.remove(unit)
      await guest.install()
    },
  },
  'cloud-init is enabled': {
    break(guest) {
      guest.put('usr/lib/systemd/system/cloud-init.service', '[Unit]\n')
      guest.put(
        'etc/systemd/system/multi-user.target.wants/cloud-init.service',
        '->/usr/lib/systemd/system/cloud-init.service',
      )
    },
    firstWrong: 'rivals',
    causeMatches: /cloud-init configures this guest too/,
    cureMatches: /vmcontext install --take-over/,
    async cure(guest) {
      await guest.install('--take-over')
    },
  },
  'the agent is switched off': {
    break: guest => guest.put('etc/vmcontext.conf.d/off.conf', 'VMCONTEXT=off\n'),
    firstWrong: 'switch',
    causeMatches: /^\/etc\/vmcontext\.conf\.d\/off\.conf:1:VMCONTEXT .*switched off/,
    cureMatches: /take that line out/,
    cure: guest => guest.remove('etc/vmcontext.conf.d/off.conf'),
  },
}

for (const [name, broken] of Object.entries(guests)) test(name, skipWithoutRoot, t => brokenGuest(t, broken))
