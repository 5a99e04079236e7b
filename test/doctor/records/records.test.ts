// Broken guests whose records, files or scripts tell what is wrong.

import assert from 'node:assert/strict'
import {chmodSync, readdirSync, writeFileSync} from 'node:fs'
import {test} from 'node:test'
import {assertHealthy, brokenGuest, makeGuest, skipWithoutRoot} from '../broken-guest.ts'

const manifest = 'var/lib/vmcontext/manifest.json'

test('a file that somebody else changed', skipWithoutRoot, t => {
  const path = 'etc/network/interfaces'
  return brokenGuest(t, {
    break: guest => guest.edit(path, text => text.replace('192.168.0.5', '192.168.0.99')),
    firstWrong: 'files',
    causeMatches:
      /^\/etc\/network\/interfaces somebody else changed it \(\d{4}-\d\d-\d\d .*\), so it no longer is what the context asks for; the next boot writes it anew, and keeps a copy/,
    cureMatches: /^vmcontext boot --only network does it now/,
    cure: guest => guest.boot('--only', 'network'),
    afterwards(guest) {
      const copies = readdirSync(guest.at('var/lib/vmcontext/kept'))
      const texts = copies.map(name => guest.read(`var/lib/vmcontext/kept/${name}`))
      assert.ok(
        texts.some(text => text.includes('192.168.0.99')),
        'what stood there is kept',
      )
    },
  })
})

test('a file that somebody else removed', skipWithoutRoot, t =>
  brokenGuest(t, {
    break: guest => guest.remove('etc/hostname'),
    firstWrong: 'files',
    causeMatches: /^\/etc\/hostname somebody else removed it, .* the next boot writes it anew/,
    cure: guest => guest.boot('--only', 'hostname'),
  }),
)

test('a file that others write in as well is no fault', skipWithoutRoot, async t => {
  const guest = await makeGuest(t)
  await guest.boot()
  guest.edit('etc/hosts', text => `${text}10.0.0.1\tprinter\n`)
  await assertHealthy(guest, 'a line more')
  const {text} = await guest.examine('--only', 'files')
  assert.match(text, /\/etc\/hosts: somebody else changed it .*leaves it as it is/s)
})

test('records that are damaged', skipWithoutRoot, async t => {
  const guest = await makeGuest(t)
  await guest.boot()
  guest.put(manifest, '{"version": 1, "fil')
  chmodSync(guest.at(manifest), 0o600)
  const {report} = await guest.examine()
  const [problem] = report.checks.find(({id}) => id === 'records')?.problems ?? []
  assert.equal(report.beginWith, 'records')
  assert.match(
    `${problem?.message} ${problem?.cure}`,
    /the records are damaged: .* vmcontext boot begins new ones/,
  )
  await guest.boot()
  const after = await guest.examine()
  assert.equal(after.report.wrong, 0, after.text)
  assert.match(after.text, /manifest\.json\.damaged: the records were damaged once/)
})

test('records of a newer program', skipWithoutRoot, t => {
  let text = ''
  return brokenGuest(t, {
    break(guest) {
      text = guest.read(manifest)
      writeFileSync(guest.at(manifest), text.replace('"version": 1', '"version": 2'))
    },
    firstWrong: 'records',
    causeMatches: /manifest\.json is of version 2, this program knows 1/,
    cure: guest => writeFileSync(guest.at(manifest), text),
  })
})

test('records that others may read or write', skipWithoutRoot, async t => {
  const access = [
    ['var/lib/vmcontext', 0o755, 0o700, /others than root may read the copies of former files/, '0700'],
    ['var/lib/vmcontext', 0o777, 0o700, /no run is done, as it can be written by others than root/, 'go-w'],
    ['var/log/vmcontext.log', 0o644, 0o600, /others than root may read the log/, '0600'],
  ] as const
  for (const [path, open, closed, causeMatches, mode] of access) {
    await brokenGuest(t, {
      break: guest => chmodSync(guest.at(path), open),
      firstWrong: 'records',
      causeMatches,
      cureMatches: new RegExp(`chmod ${mode} /${path}$`),
      cure: guest => chmodSync(guest.at(path), closed),
    })
  }
})

test('a kept copy that is gone', skipWithoutRoot, async t => {
  const guest = await makeGuest(t)
  await guest.boot()
  guest.remove('var/lib/vmcontext/kept')
  const {text} = await guest.examine('--only', 'records')
  assert.match(text, /the kept copy of \/etc\/hostname is gone/)
})

test('a run that was killed', skipWithoutRoot, async t => {
  const guest = await makeGuest(t)
  await guest.boot()
  guest.put('run/vmcontext/lock', JSON.stringify({pid: 4_194_305, startTime: '1', bootId: 'gone'}))
  const {report, text} = await guest.examine('--only', 'records')
  assert.equal(report.warnings, 1, text)
  assert.match(text, /the last run was killed \(process 4194305 is gone\)/)
  await guest.boot()
  await assertHealthy(guest, 'after another run')
})

test('a script that is done once, and failed', skipWithoutRoot, async t => {
  const guest = await makeGuest(t)
  await guest.boot()
  const records = JSON.parse(guest.read(manifest))
  records.once['start-script'] = `machine-id=${'a'.repeat(32)} text=1 failed=yes`
  writeFileSync(guest.at(manifest), JSON.stringify(records))
  const {text} = await guest.examine('--only', 'scripts')
  assert.match(text, /start-script failed when it was done once for good/)
  assert.match(text, /vmcontext boot --only start-script does/)
})

test('an image without host keys, and nobody who makes them', skipWithoutRoot, async t => {
  const guest = await makeGuest(t)
  guest.remove('etc/ssh/ssh_host_ed25519_key')
  const {text} = await guest.examine('--only', 'seal')
  assert.match(text, /ok +seal/, 'the agent makes them')
  guest.put('etc/machine-id', '')
  assert.match((await guest.examine('--only', 'seal')).text, /no machine-id: the next boot makes one/)
})
