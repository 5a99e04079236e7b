// Accounts, passwords and sudo as the guest's own programs see them: who is let in, and who becomes root.

import assert from 'node:assert/strict'
import {describe, test} from 'node:test'
import {execa} from 'execa'
import {makeKey} from '../keys.ts'
import {type Guest, startGuest} from './guest.ts'
import {skipWithoutGuest} from './host.ts'
import {debian12WithDirectory, provideRoot} from './root-image.ts'
import {provideSmallRoot} from './small-root.ts'

type Variables = Record<string, string>

const makeDisc = (variables: Variables) => {
  const lines = Object.entries(variables).map(
    ([name, value]) => `${name}='${value.replaceAll("'", "'\\''")}'\n`,
  )
  return {label: 'CONTEXT', files: {'context.sh': lines.join('')}}
}
/** A guest that does not keep who mistyped a password waiting. */
async function start(variables: Variables): Promise<Guest> {
  const guest = await startGuest({disc: makeDisc(variables)})
  await guest.expect(['sed', '-i', 's/pam_unix.so nullok/& nodelay/', '/etc/pam.d/common-auth'])
  return guest
}
const boot = (guest: Guest, ...options: string[]) => guest.expect(['vmcontext', 'boot', ...options])

/** Asks su, as an ordinary user, whether a password lets its owner in: PAM and shadow decide. */
async function letsIn(guest: Guest, account: string, password: string): Promise<boolean> {
  const ordinary = ['setpriv', '--reuid', '65534', '--regid', '65534', '--clear-groups'] as const
  const {stdout} = await guest.run([...ordinary, 'su', account, '-c', 'id -un'], {input: `${password}\n`})
  return stdout.trim() === account
}

/** What an account comes to be with sudo: `0`, or '' if it asks for a password. */
async function becomes(guest: Guest, account: string): Promise<string> {
  const {stdout} = await guest.run(['su', account, '-s', '/bin/sh', '-c', 'sudo -n id -u'])
  return stdout.trim()
}

const sha512 =
  '$6$saltsalt$TVLlQcbpFVof5W3Yz4DTP6gRstiNuHwwTt6GLc1E5n0U0aDehy0S5knV8wiOQSpT0Y77vwPZN.Pq.H91p5hVO1'
const yescrypt = '$y$j9T$F5Jx5fExrKuPp53xLKQ..1$GmcwIgvdUC9qLWcKCi6gklUa1dM3ziD43YxYNURLKy0'
const base64 = (text: string) => Buffer.from(text).toString('base64')

const passwords: [what: string, variables: Variables, password: string][] = [
  ['plain', {PASSWORD: 'hunter2'}, 'hunter2'],
  ['with colons, quotes, dollars, backslashes', {PASSWORD: `a:b'c"d$e\\f`}, `a:b'c"d$e\\f`],
  ['with blanks around it', {PASSWORD: '  two words '}, '  two words '],
  ['of 200 characters', {PASSWORD: 'x'.repeat(200)}, 'x'.repeat(200)],
  ['in UTF-8 and base64', {PASSWORD_BASE64: base64('Käsespätzle\n')}, 'Käsespätzle'],
  ['as a hash', {CRYPTED_PASSWORD: sha512}, 'secret'],
  ['as a hash with escaped dollars', {CRYPTED_PASSWORD: sha512.replaceAll('$', '\\$')}, 'secret'],
  ['as a hash of today', {CRYPTED_PASSWORD_BASE64: base64(yescrypt)}, 'secret'],
]

describe('a password', skipWithoutGuest('namespace'), () => {
  test('lets its owner in, whatever is in it', async () => {
    await using guest = await start({})
    for (const [what, variables, password] of passwords) {
      await guest.insert(makeDisc({USERNAME: 'joe', ...variables}))
      await boot(guest)
      assert.ok(await letsIn(guest, 'joe', password), what)
    }
    assert.ok(!(await letsIn(guest, 'joe', 'another')))
  })

  test('is set once: the one that its owner takes stays, until the context gives another', async () => {
    await using guest = await start({USERNAME: 'joe', PASSWORD: 'first'})
    await boot(guest)
    await guest.expect(['chpasswd'], {input: 'joe:own\n'})
    assert.match(await boot(guest), /done in this boot already: account, password, sudo/)
    await guest.reboot()
    assert.match(await boot(guest), /password +unchanged \(of joe\)/)
    assert.ok(await letsIn(guest, 'joe', 'own'))
    await guest.insert(makeDisc({USERNAME: 'joe', PASSWORD: 'second'}))
    assert.match(await boot(guest), /password +set the password of joe/)
    // At once another one, with no run in between that had nothing to do.
    await guest.insert(makeDisc({USERNAME: 'joe', PASSWORD: 'third'}))
    assert.match(await boot(guest), /password +set the password of joe/)
    assert.ok(await letsIn(guest, 'joe', 'third'))
    await guest.expect(['chpasswd'], {input: 'joe:own\n'})
    assert.match(await boot(guest, '--force'), /password +set the password of joe/)
    assert.ok(await letsIn(guest, 'joe', 'third'))
  })

  test('of root is set where no account is named; a reset leaves none, not an empty one', async () => {
    await using guest = await start({PASSWORD: 'hunter2'})
    await boot(guest)
    assert.ok(await letsIn(guest, 'root', 'hunter2'))
    await guest.insert(makeDisc({USERNAME_PASSWORD_RESET: 'YES'}))
    assert.match(await boot(guest), /password +took away the password of root/)
    assert.ok(!(await letsIn(guest, 'root', 'hunter2')))
    assert.ok(!(await letsIn(guest, 'root', '')))
    assert.match(await guest.readFile('/etc/shadow'), /^root:\*:/m)
  })

  test('is seen by chpasswd alone, on its standard input', async () => {
    const secret = 'kqzvxj-hunter2'
    await using guest = await start({USERNAME: 'joe', PASSWORD: secret})
    const spy = `#!/bin/sh\ntr '\\0' ' ' </proc/$$/cmdline >>/root/seen\nenv >>/root/seen\nexec /usr/sbin/chpasswd "$@"\n`
    await guest.writeFile('/usr/local/sbin/chpasswd', spy, 0o755)
    const said = await boot(guest)
    assert.match(await guest.readFile('/root/seen'), /^\/bin\/sh \/usr\/local\/sbin\/chpasswd /)
    const plan = await guest.expect(['vmcontext', 'plan', '--json'])
    const written = await guest.expect([
      'sh',
      '-c',
      'grep -rlF "$0" /etc /root /run /var/lib /var/log || :',
      secret,
    ])
    assert.equal(written, '')
    assert.doesNotMatch(`${said}${plan}`, new RegExp(secret))
    assert.ok(await letsIn(guest, 'joe', secret))
  })

  test('that cannot be set is told with its cure, and set by the next run', async () => {
    await using guest = await start({USERNAME: 'root', PASSWORD: 'hunter2'})
    // Gives up at once, as busybox does; shadow-utils waits for 15 s first.
    const stub = '#!/bin/sh\necho "chpasswd: cannot lock /etc/passwd; try again later." >&2\nexit 1\n'
    await guest.writeFile('/usr/local/sbin/chpasswd', stub, 0o755)
    const {exitCode, stdout} = await guest.run(['vmcontext', 'boot'])
    assert.equal(exitCode, 1)
    assert.match(
      stdout,
      /failure: could not set the password of root: chpasswd exited with 1: .*try again later\. \(another tool holds/,
    )
    await guest.expect(['rm', '/usr/local/sbin/chpasswd'])
    await boot(guest)
    assert.ok(await letsIn(guest, 'root', 'hunter2'))
  })

  test('is there before a network is brought up that takes its time', async () => {
    const variables = {
      USERNAME: 'joe',
      PASSWORD: 'hunter2',
      ETH0_MAC: '02:00:c0:a8:00:05',
      ETH0_IP: '192.168.0.5',
    }
    await using guest = await startGuest({
      disc: makeDisc(variables),
      nics: [{name: 'eth0', mac: '02:00:c0:a8:00:05'}],
    })
    // The network service has run: the card is brought up by ourselves.
    await guest.writeFile('/run/network/ifstate', 'lo=lo\n')
    await guest.writeFile('/usr/local/sbin/ifup', '#!/bin/sh\ncp -p /etc/shadow /root/seen\n', 0o755)
    await boot(guest)
    assert.match(await guest.readFile('/root/seen'), /^joe:\$/m)
  })

  test('that PAM refuses is told with its reason', async () => {
    await using guest = await start({USERNAME: 'root', PASSWORD: 'hunter2'})
    await guest.writeFile('/etc/pam.d/chpasswd', 'password requisite pam_deny.so\n')
    const {exitCode, stdout} = await guest.run(['vmcontext', 'boot'])
    assert.equal(exitCode, 1)
    assert.match(
      stdout,
      /failure: could not set the password of root: chpasswd exited with 1: .*pam_chauthtok.*not changed/,
    )
    assert.doesNotMatch(stdout, /hunter2/)
  })

  test('on a read-only file system is told as such, at once', async () => {
    await using guest = await start({USERNAME: 'joe', PASSWORD: 'hunter2'})
    await guest.expect(['sh', '-c', 'mount --bind /etc /etc && mount -o remount,bind,ro /etc'])
    const {exitCode, stdout} = await guest.run(['vmcontext', 'boot'])
    assert.equal(exitCode, 1)
    assert.match(
      stdout,
      /failure: could not lock \/etc\/passwd: the file system is read-only \(mount the file system for/,
    )
    assert.doesNotMatch(stdout, /another tool/)
    assert.doesNotMatch(await guest.readFile('/var/lib/vmcontext/manifest.json'), /isPending/)
  })

  test('waits for a tool that has the account files locked', async () => {
    await using guest = await start({USERNAME: 'joe', PASSWORD: 'hunter2'})
    // struct flock: F_WRLCK on the whole file, as lckpwdf(3) locks it.
    const holder =
      'open F, ">", "/etc/.pwd.lock"; my $lock = pack("s s l! l! i x4", 1, 0, 0, 0, 0); fcntl(F, 6, $lock) or die $!; $| = 1; print "held\\n"; close STDOUT; sleep 3'
    await guest.expect(['sh', '-c', 'perl -e "$0" >/root/held & until [ -s /root/held ]; do :; done', holder])
    await boot(guest)
    assert.ok(await letsIn(guest, 'joe', 'hunter2'))
  })
})

/** What crypt(3) of this machine makes of a password with the salt of the guest's hash. */
async function isHashOf(guest: Guest, account: string, password: string): Promise<boolean> {
  const hash = new RegExp(`^${account}:([^:]*):`, 'm').exec(await guest.readFile('/etc/shadow'))![1]!
  const {stdout} = await execa('perl', ['-e', 'print crypt($ARGV[0], $ARGV[1])', password, hash])
  return stdout === hash
}

describe('a password in a guest with nothing but busybox', skipWithoutGuest('namespace'), () => {
  const startSmall = async (variables: Variables) =>
    startGuest({root: await provideSmallRoot(), disc: makeDisc(variables)})

  test('is hashed by its mkpasswd and entered', async () => {
    await using guest = await startSmall({USERNAME: 'joe', PASSWORD: 'hunt er:2'})
    await boot(guest)
    assert.ok(await isHashOf(guest, 'joe', 'hunt er:2'))
    assert.match(await guest.readFile('/etc/shadow'), /^joe:\$6\$/m)
  })

  test('is entered as a hash, and refused where nothing can make one', async () => {
    await using guest = await startSmall({USERNAME: 'joe', CRYPTED_PASSWORD: sha512})
    await guest.expect(['rm', '/usr/bin/mkpasswd'])
    await boot(guest)
    assert.ok(await isHashOf(guest, 'joe', 'secret'))
    const before = await guest.readFile('/etc/shadow')
    await guest.insert(makeDisc({USERNAME: 'joe', PASSWORD: 'hunter2'}))
    const {exitCode, stdout} = await guest.run(['vmcontext', 'boot'])
    assert.equal(exitCode, 1)
    assert.match(
      stdout,
      /failure: could not set the password of joe: there is neither chpasswd nor a tool .* \(install one of them/,
    )
    assert.equal(await guest.readFile('/etc/shadow'), before)
  })
})

describe('sudo', skipWithoutGuest('namespace'), () => {
  test('makes the account of the context root, and the next one after it instead', async () => {
    await using guest = await start({USERNAME: 'joe'})
    await boot(guest)
    assert.equal(await becomes(guest, 'joe'), '0')
    assert.match(await boot(guest), /done in this boot already: account, sudo/)
    await guest.insert(makeDisc({USERNAME: 'ann'}))
    await boot(guest)
    assert.equal(await becomes(guest, 'joe'), '')
    assert.equal(await becomes(guest, 'ann'), '0')
    await guest.insert(makeDisc({USERNAME: 'ann', USERNAME_SUDO: 'NO'}))
    await boot(guest)
    assert.equal(await becomes(guest, 'ann'), '')
    assert.equal(await guest.expect(['ls', '-A', '/etc/sudoers.d']), 'README\n')
  })

  test('takes a name for a name, whatever it means elsewhere in its file', async () => {
    await using guest = await start({})
    const names = ['ALL', 'ADMINS', 'Defaults', 'User_Alias', 'joe.smith', 'a-b', 'machine$']
    for (const name of ['other', ...names]) await guest.expect(['useradd', '--badname', '-m', name])
    for (const name of names) {
      await guest.insert(makeDisc({USERNAME: name}))
      await boot(guest)
      assert.equal(await becomes(guest, name), '0', name)
      assert.equal(await becomes(guest, 'other'), '', name)
    }
  })

  test('gets no file that its own visudo refuses', async () => {
    await using guest = await start({USERNAME: 'joe'})
    await guest.writeFile('/usr/local/sbin/visudo', '#!/bin/sh\necho "syntax error" >&2\nexit 1\n', 0o755)
    const {exitCode, stdout} = await guest.run(['vmcontext', 'boot'])
    assert.equal(exitCode, 1)
    assert.match(stdout, /failure: could not write the sudo rule: visudo exited with 1: syntax error/)
    assert.equal(await guest.expect(['ls', '-A', '/etc/sudoers.d', '/var/lib/vmcontext']), LEFT)
    await guest.expect(['rm', '/usr/local/sbin/visudo'])
    await boot(guest)
    assert.equal(await becomes(guest, 'joe'), '0')
  })
})

const MINE = 'joe:joe\njoe:joe\n'
const LEFT = '/etc/sudoers.d:\nREADME\n\n/var/lib/vmcontext:\nhistory.json\nmanifest.json\n'

describe('an account', skipWithoutGuest('namespace'), () => {
  test('that was removed by hand comes again, with its password and its rule', async () => {
    await using guest = await start({USERNAME: 'joe', PASSWORD: 'hunter2'})
    await boot(guest)
    await guest.expect(['userdel', '-r', 'joe'])
    assert.match(await boot(guest), /created the account joe/)
    assert.ok(await letsIn(guest, 'joe', 'hunter2'))
    assert.equal(await becomes(guest, 'joe'), '0')
  })

  for (const [what, loss] of [
    [
      'before its home and its password were there',
      'sed -i "/^$account:/d" /etc/shadow; rm -r /home/$account',
    ],
    ['before anybody could enter its home', 'rm -r /home/$account; mkdir -m 0 /home/$account'],
    ['before its owner could enter its home', 'rm -r /home/$account/.[a-z]*; chmod 0 /home/$account'],
    ['before its group was there', 'sed -i "/^$account:/d" /etc/group'],
    ['before it was there at all', 'userdel -r $account'],
  ]) {
    test(`whose maker was killed ${what} is completed by the next run`, async () => {
      const key = makeKey('joe')
      await using guest = await start({USERNAME: 'joe', PASSWORD: 'hunter2', SSH_PUBLIC_KEY: key})
      const stub = `#!/bin/sh\nfor account; do :; done\n/usr/sbin/useradd "$@"; ${loss}; kill -9 $PPID\n`
      await guest.writeFile('/usr/local/sbin/useradd', stub, 0o755)
      assert.equal((await guest.run(['vmcontext', 'boot'])).exitCode, 137)
      await guest.expect(['rm', '/usr/local/sbin/useradd'])
      assert.match(await boot(guest), /account +(completed|created) the account joe/)
      assert.equal(await guest.expect(['stat', '-c', '%U:%G', '/home/joe', '/home/joe/.profile']), MINE)
      assert.ok(await letsIn(guest, 'joe', 'hunter2'))
      assert.equal(await guest.readFile('/home/joe/.ssh/authorized_keys'), `${key}\n`)
      assert.match(await boot(guest), /done in this boot already: account/)
      assert.doesNotMatch(await guest.readFile('/var/lib/vmcontext/manifest.json'), /isPending/)
    })
  }

  test('of a directory service gets its keys and its rule, and no twin', async () => {
    const key = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGFsaWNlYWxpY2VhbGljZWFsaWNlYWxpY2VhbGljZWFs alice@test'
    const disc = makeDisc({USERNAME: 'ldap', PASSWORD: 'hunter2', SSH_PUBLIC_KEY: key})
    await using guest = await startGuest({disc, root: await provideRoot(debian12WithDirectory)})
    // Stands for a directory: getent knows who is in it, /etc/passwd does not.
    await guest.writeFile('/var/lib/extrausers/passwd', 'ldap:x:70001:70001::/home/ldap:/bin/sh\n')
    await guest.writeFile('/var/lib/extrausers/shadow', 'ldap:*:19000:0:99999:7:::\n')
    await guest.expect(['sed', '-Ei', 's/^(passwd|shadow):.*/\\1: files extrausers/', '/etc/nsswitch.conf'])
    await guest.expect(['install', '-d', '-o', '70001', '-g', '70001', '/home/ldap'])
    const before = await guest.listing('/etc/passwd', '/etc/shadow', '/etc/group')
    const said = await boot(guest)
    assert.match(
      said,
      /warning: context\.sh:2: PASSWORD: ldap is an account of a directory service, whose password is not set from here/,
    )
    assert.equal(await guest.listing('/etc/passwd', '/etc/shadow', '/etc/group'), before)
    const owner = await guest.expect(['stat', '-c', '%u:%g %a', '/home/ldap/.ssh/authorized_keys'])
    assert.equal(owner, '70001:70001 600\n')
    assert.equal(await becomes(guest, 'ldap'), '0')
  })
})
