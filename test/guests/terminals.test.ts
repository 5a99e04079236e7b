// Time zone and terminals as the guest's own programs take them: date, dpkg-reconfigure, PAM.

import assert from 'node:assert/strict'
import {describe, test} from 'node:test'
import {formatContext} from '../matrix/features.ts'
import {type Guest, startGuest} from './guest.ts'
import {skipWithoutGuest} from './host.ts'
import {debian12, provideRoot} from './root-image.ts'

const guests = skipWithoutGuest('namespace')
const zones = '/usr/share/zoneinfo'

describe('TIMEZONE', guests, () => {
  test('is what date goes by, and what tzdata finds when it is configured anew', async () => {
    await using guest = await startGuest()
    await boot(guest, {TIMEZONE: 'Asia/Kathmandu'})
    assert.equal(await guest.expect(['date', '+%z']), '+0545\n')
    await guest.expect(['dpkg-reconfigure', '-f', 'noninteractive', 'tzdata'])
    assert.equal(await guest.expect(['date', '+%z']), '+0545\n')
    assert.equal(await guest.readFile('/etc/timezone'), 'Asia/Kathmandu\n')
    assert.match(await boot(guest, {TIMEZONE: 'Asia/Kathmandu'}), /time-zone +unchanged/)
  })

  test('changes a copy, and not the zone that it is a hard link to', async () => {
    await using guest = await startGuest()
    await guest.expect(['ln', '-f', `${zones}/Etc/UTC`, '/etc/localtime'])
    await boot(guest, {TIMEZONE: 'Asia/Kathmandu'})
    await guest.expect(['cmp', '/etc/localtime', `${zones}/Asia/Kathmandu`])
    assert.equal(await guest.expect(['date', '+%z']), '+0545\n')
    assert.equal(await guest.expect(['env', 'TZ=Etc/UTC', 'date', '+%z']), '+0000\n')
    assert.equal(await guest.expect(['stat', '-c', '%F', '/etc/localtime']), 'regular file\n')
  })

  const files = ['localtime', 'posixrules', 'tzdata.zi', 'zone.tab', 'iso3166.tab', 'Europe', 'Europe/../UTC']
  for (const name of files) {
    test(`${name} is no zone of Debian's`, async () => {
      await using guest = await startGuest()
      const before = await guest.expect(['readlink', '/etc/localtime'])
      assert.match(await boot(guest, {TIMEZONE: name}, 1), /failure: context\.sh:\d+: TIMEZONE: /)
      assert.equal(await guest.expect(['readlink', '/etc/localtime']), before)
    })
  }
})

const login = 'auth requisite pam_securetty.so\nauth required pam_permit.so\n'
const loginPath = '/etc/pam.d/login'

describe('SECURETTY', guests, () => {
  test('lets root in on any terminal, or on those of /etc/securetty alone', async () => {
    const root = await provideRoot({...debian12, packages: [...debian12.packages, 'pamtester']})
    await using guest = await startGuest({root})
    await guest.writeFile('/etc/securetty', 'tty1\n')
    await guest.writeFile(loginPath, login)
    assert.deepEqual(await mayRootLogIn(guest), {tty1: true, pts9: false})
    await boot(guest, {SECURETTY: 'NO'})
    assert.deepEqual(await mayRootLogIn(guest), {tty1: true, pts9: true})
    assert.match(await boot(guest, {SECURETTY: 'NO'}), /console +unchanged/)
    await boot(guest, {SECURETTY: 'YES'})
    assert.deepEqual(await mayRootLogIn(guest), {tty1: true, pts9: false})
    assert.equal(await guest.readFile(loginPath), login)
  })

  test('that is no longer there counts as yes, but in a container as no', async () => {
    await using guest = await startGuest()
    await guest.writeFile(loginPath, login)
    await boot(guest, {SECURETTY: 'NO'})
    assert.match(await guest.readFile(loginPath), /^#auth requisite pam_securetty/)
    await boot(guest, {})
    assert.equal(await guest.readFile(loginPath), login)
    await guest.writeFile('/run/systemd/container', 'lxc\n')
    await boot(guest, {})
    assert.match(await guest.readFile(loginPath), /^#auth requisite pam_securetty/)
  })
})

/** Whether PAM lets root in on a terminal of the list, and on another one. */
async function mayRootLogIn(guest: Guest): Promise<Record<string, boolean>> {
  const asks = async (tty: string) => {
    const {exitCode} = await guest.run([
      'pamtester',
      '-I',
      `tty=/dev/${tty}`,
      'login',
      'root',
      'authenticate',
    ])
    return exitCode === 0
  }
  return {tty1: await asks('tty1'), pts9: await asks('pts/9')}
}

async function boot(guest: Guest, variables: Record<string, string>, expected = 0): Promise<string> {
  const all = {...variables, NETWORK: 'NO'}
  await guest.writeFile('/context/context.sh', formatContext({variables: all}))
  const {exitCode, stdout} = await guest.run(['vmcontext', 'boot', '--stage', 'local', '--force'])
  assert.equal(exitCode, expected, stdout)
  return stdout
}
