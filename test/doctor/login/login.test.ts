// Broken guests that nobody gets into: accounts, keys and passwords as they lie in files. What sshd really makes of
// them is looked at in test/guests/doctor-login.test.ts.

import assert from 'node:assert/strict'
import {chmodSync, chownSync} from 'node:fs'
import {test} from 'node:test'
import {makeKey} from '../../keys.ts'
import {assertHealthy, brokenGuest, makeGuest, skipWithoutRoot, type TreeGuest} from '../broken-guest.ts'

const sshdConfig = 'etc/ssh/sshd_config'
const keysFile = 'home/ada/.ssh/authorized_keys'
const setLine = (guest: TreeGuest, line: string) => guest.edit(sshdConfig, text => `${line}\n${text}`)
const dropLine = (guest: TreeGuest) => guest.edit(sshdConfig, text => text.replace(/^.*\n/, ''))

test('a home that everybody may write', skipWithoutRoot, t =>
  brokenGuest(t, {
    break: guest => chmodSync(guest.at('home/ada'), 0o777),
    firstWrong: 'keys',
    causeMatches:
      /^\/home\/ada sshd refuses the keys of ada: everybody may write \/home\/ada \(StrictModes\)/,
    cureMatches: /^chmod go-w \/home\/ada$/,
    cure: guest => chmodSync(guest.at('home/ada'), 0o755),
  }),
)

test('a file of keys that is for another', skipWithoutRoot, t =>
  brokenGuest(t, {
    break: guest => chownSync(guest.at(keysFile), 0, 0),
    firstWrong: 'keys',
    causeMatches: /authorized_keys ada may not read \/home\/ada\/\.ssh\/authorized_keys/,
    cureMatches: /^chown -R ada /,
    cure: guest => chownSync(guest.at(keysFile), 1000, 1000),
  }),
)

test('a directory above the home that only root passes through', skipWithoutRoot, t =>
  brokenGuest(t, {
    break: guest => chmodSync(guest.at('home'), 0o700),
    firstWrong: 'keys',
    causeMatches: /^\/home ada may not pass through \/home \(it is 0700/,
    cureMatches: /^chmod o\+x \/home$/,
    cure: guest => chmodSync(guest.at('home'), 0o701),
  }),
)

test('a link in the place of the keys', skipWithoutRoot, t =>
  brokenGuest(t, {
    break(guest) {
      guest.put('home/ada/keys', guest.read(keysFile))
      chownSync(guest.at('home/ada/keys'), 1000, 1000)
      guest.put(keysFile, '->../keys')
    },
    firstWrong: 'keys',
    causeMatches: /is a symbolic link, which is not followed/,
    cure: guest => guest.remove(keysFile),
  }),
)

const refusals = [
  ['PermitRootLogin no', undefined],
  ['DenyUsers eve ad?', /:1:DenyUsers sshd refuses ada: the line is about the user ada/],
  ['AllowUsers eve bob', /:1:AllowUsers sshd refuses ada: the line does not name the user ada/],
  ['AllowUsers ada@10.0.0.*', /:1:AllowUsers sshd lets in ada only from some addresses/],
  ['AllowGroups admins', /:1:AllowGroups sshd refuses ada: the line does not name a group of ada \(ada\)/],
  ['DenyGroups a*', /:1:DenyGroups sshd refuses ada: the line is about a group of ada/],
  ['PubkeyAuthentication no', /:1:PubkeyAuthentication sshd takes no keys/],
  ['AuthenticationMethods publickey,password', /:1:AuthenticationMethods a key alone does not let ada in/],
  ['AuthenticationMethods publickey,password publickey', undefined],
] as const

for (const [line, causeMatches] of refusals) {
  if (causeMatches === undefined) {
    test(`${line}: nothing is wrong`, skipWithoutRoot, async t => {
      const guest = await makeGuest(t)
      await guest.boot()
      setLine(guest, line)
      await assertHealthy(guest, line)
    })
    continue
  }
  test(line, skipWithoutRoot, t =>
    brokenGuest(t, {
      break: guest => setLine(guest, line),
      firstWrong: 'keys',
      causeMatches,
      cure: dropLine,
    }),
  )
}

test('root is meant, and sshd lets root in by no key', skipWithoutRoot, t =>
  brokenGuest(t, {
    variables: {USERNAME: undefined, SSH_PUBLIC_KEY: makeKey('root')},
    break: guest => setLine(guest, 'PermitRootLogin no'),
    firstWrong: 'keys',
    causeMatches: /:1:PermitRootLogin sshd does not let root in \(no\)/,
    cure: dropLine,
    // The harness looks for those of ada.
    afterwards() {},
    files: {[keysFile]: `${makeKey('ada')}\n`},
  }),
)

test('a locked account where sshd works without PAM', skipWithoutRoot, t =>
  brokenGuest(t, {
    break(guest) {
      guest.edit(sshdConfig, text => text.replace('UsePAM yes', 'UsePAM no'))
      guest.edit('etc/shadow', text => text.replace('ada:*:', 'ada:!:'))
    },
    firstWrong: 'password',
    causeMatches: /^\/etc\/shadow the account ada is locked .* UsePAM is off: sshd refuses its keys as well/,
    cure: guest => guest.edit('etc/shadow', text => text.replace('ada:!:', 'ada:*:')),
  }),
)

test('a locked account where PAM judges accounts lets in with a key', skipWithoutRoot, async t => {
  const guest = await makeGuest(t)
  await guest.boot()
  guest.edit('etc/shadow', text => text.replace('ada:*:', 'ada:!:'))
  await assertHealthy(guest, 'locked')
})

test('an account that has expired', skipWithoutRoot, t =>
  brokenGuest(t, {
    break: guest => guest.edit('etc/shadow', text => text.replace(/^(ada:(?:[^:]*:){6})/m, '$11')),
    firstWrong: 'password',
    causeMatches: /the account ada expired on 1970-01-02/,
    cureMatches: /^chage -E -1 ada$/,
    cure: guest => guest.edit('etc/shadow', text => text.replace(/^(ada:(?:[^:]*:){6})1:/m, '$1:')),
  }),
)

test('a password that cannot be used with ssh', skipWithoutRoot, t =>
  brokenGuest(t, {
    variables: {CRYPTED_PASSWORD: `$6$salt$${'a'.repeat(86)}`},
    break: guest => setLine(guest, 'PasswordAuthentication no'),
    firstWrong: 'password',
    causeMatches: /:1:PasswordAuthentication the password of ada lets in at the console alone/,
    cure: dropLine,
  }),
)

const shells = [
  ['/bin/gone', /the shell \/bin\/gone of ada is not there/],
  ['/usr/sbin/nologin', /the shell \/usr\/sbin\/nologin of ada lets nobody log in/],
  ['/etc/hosts', /the shell \/etc\/hosts of ada is no program/],
] as const

for (const [shell, causeMatches] of shells) {
  test(`the shell ${shell}`, skipWithoutRoot, t =>
    brokenGuest(t, {
      files: {'usr/sbin/nologin': '#!/bin/sh\n'},
      break: guest =>
        guest.edit('etc/passwd', text => text.replace('/home/ada:/bin/bash', `/home/ada:${shell}`)),
      firstWrong: 'account',
      causeMatches,
      cureMatches: /^usermod -s \/bin\/sh ada$/,
      cure: guest =>
        guest.edit('etc/passwd', text => text.replace(`/home/ada:${shell}`, '/home/ada:/bin/sh')),
    }),
  )
}

test('a home that is gone', skipWithoutRoot, t =>
  brokenGuest(t, {
    break: guest => guest.remove('home/ada'),
    firstWrong: 'account',
    causeMatches: /^\/home\/ada ada has no home/,
    cureMatches: /mkdir -p \/home\/ada && chown 1000:1000 \/home\/ada/,
    async cure(guest) {
      guest.put('home/ada/.profile', '')
      for (const path of ['home/ada', 'home/ada/.profile']) chownSync(guest.at(path), 1000, 1000)
      await guest.boot()
    },
  }),
)

test('only root may log in', skipWithoutRoot, t =>
  brokenGuest(t, {
    break: guest => guest.put('etc/nologin', ''),
    firstWrong: 'account',
    causeMatches: /^\/etc\/nologin while this file is there, only root may log in/,
    cure: guest => guest.remove('etc/nologin'),
  }),
)

test('two names of one number', skipWithoutRoot, t =>
  brokenGuest(t, {
    break: guest => guest.edit('etc/passwd', text => `${text}eve:x:1000:1000::/home/ada:/bin/bash\n`),
    firstWrong: 'account',
    causeMatches: /^\/etc\/passwd ada has the number 1000 of eve/,
    cure: guest => guest.edit('etc/passwd', text => text.replace(/^eve.*\n/m, '')),
  }),
)

test('rules that sudo does not read', skipWithoutRoot, async t => {
  const rule = 'etc/sudoers.d/90-vmcontext'
  await brokenGuest(t, {
    break: guest => chmodSync(guest.at(rule), 0o666),
    firstWrong: 'sudo',
    causeMatches: /90-vmcontext everybody may write this, so sudo does not read it/,
    cureMatches: /^chmod 0440 /,
    cure: guest => chmodSync(guest.at(rule), 0o440),
  })
  await brokenGuest(t, {
    break: guest => guest.put('etc/sudoers.d/web.admins', ''),
    firstWrong: 'sudo',
    causeMatches: /web\.admins sudo passes this over, for there is a dot in its name/,
    cure: guest => guest.remove('etc/sudoers.d/web.admins'),
  })
})

test('/etc/sudoers.d is not included', skipWithoutRoot, t =>
  brokenGuest(t, {
    break: guest => guest.edit('etc/sudoers', text => text.replace('@includedir /etc/sudoers.d\n', '')),
    firstWrong: 'sudo',
    causeMatches: /\/etc\/sudoers does not include \/etc\/sudoers\.d/,
    cure: guest => guest.edit('etc/sudoers', text => `${text}@includedir /etc/sudoers.d\n`),
  }),
)

test('what a name holds does not steer the terminal', skipWithoutRoot, async t => {
  const guest = await makeGuest(t)
  await guest.boot()
  guest.put('etc/sudoers.d/web.\x1b[2Jx', '')
  const {text} = await guest.examine('--only', 'sudo')
  assert.match(text, /web\.\\x1b\[2Jx/)
  assert.doesNotMatch(text, /\x1b/)
})
