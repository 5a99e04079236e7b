// Everything that a context may ask for is asked for, with secrets that are known here, and then they are looked for
// wherever somebody else could read them (contract §2). The logs of scripts, for root alone, are excepted: a script
// says what it will.

import assert from 'node:assert/strict'
import {createHash} from 'node:crypto'
import {describe, test} from 'node:test'
import type {DiscFiles} from './context-disc.ts'
import {type Guest, startGuest} from './guest.ts'
import {skipWithoutGuest} from './host.ts'

const nics = [{name: 'eth0', mac: '02:00:c0:a8:00:05', wire: ['192.168.0.1/24']}]

// crypt(5) of no password at all, so that no other text can be it.
const secrets = {
  password: 'Pass"word:of-joe\\7',
  hash: `$6$saltsaltsalt$${'abcdefgh'.repeat(10)}./012/`,
  token: 'b25lZ2F0ZS10b2tlbi1vZi12YXJpYWJsZQ==',
  tokenOfFile: 'b25lZ2F0ZS10b2tlbi1vZi1maWxl',
  another: 'another-secret-by-name-of-token',
}

const base64 = (text: string) => Buffer.from(text).toString('base64')

/** A script that tells all it knows, where it may. */
const telltale =
  '#!/bin/sh\nenv\necho "$PASSWORD $CRYPTED_PASSWORD_BASE64 $ONEGATE_TOKEN"\ncat /mnt/token.txt\n'

const common = {
  ETH0_MAC: '02:00:c0:a8:00:05',
  ETH0_IP: '192.168.0.5',
  ETH0_MASK: '255.255.255.0',
  USERNAME: 'joe',
  VMID: '42',
  ONEGATE_ENDPOINT: 'http://192.168.0.1:5030',
  ONEGATE_TOKEN: secrets.token,
  MY_TOKEN: secrets.another,
  REPORT_READY: 'YES',
  VMCONTEXT_REPORT: 'YES',
  RETRY_COUNT: '1',
  START_SCRIPT: telltale,
  READY_SCRIPT: `${telltale}exit 1\n`,
  USER_DATA: `#cloud-config\nruncmd:\n  - "echo $PASSWORD"\n`,
  // Wrong values that are quoted in messages, and have a secret in them.
  SET_HOSTNAME: 'web',
  ETH0_MTU: secrets.another,
  TIMEZONE: secrets.another,
  SSH_PUBLIC_KEY: `ssh-rsa ${secrets.another} ${secrets.another}`,
  INIT_SCRIPTS: `${secrets.another} init.sh`,
  USERNAME_SHELL: `/bin/${secrets.another}`,
  ETH0_DNS: secrets.another,
  RETRY_WAIT_PERIOD: secrets.another,
  GROW_FS: `/${secrets.another}`,
}

/** One after another, since the strongest name of a password hides the others. */
const contexts: Record<string, string>[] = [
  {...common, CRYPTED_PASSWORD_BASE64: base64(secrets.hash)},
  {...common, PASSWORD_BASE64: base64(`${secrets.password}\n`)},
  {...common, CRYPTED_PASSWORD: secrets.hash.replaceAll('$', '\\$')},
  {...common, PASSWORD: secrets.password, ONEGATE_TOKEN: '', START_SCRIPT: `${telltale}false\n`},
]

function makeDisc(variables: Record<string, string>) {
  const lines = Object.entries(variables).map(
    ([name, value]) => `${name}='${value.replaceAll("'", "'\\''")}'\n`,
  )
  const files: DiscFiles = {
    'context.sh': lines.join(''),
    'token.txt': `${secrets.tokenOfFile}\n`,
    'init.sh': telltale,
  }
  return {label: 'CONTEXT', files}
}

/** Every way in which a secret may be spelled: as it is, decoded, in JSON, in a shell, as an unsalted hash. */
function listSpellings(): string[] {
  return Object.values(secrets).flatMap(secret => [
    secret,
    base64(secret),
    base64(`${secret}\n`),
    Buffer.from(secret, 'base64').toString('latin1'),
    JSON.stringify(secret).slice(1, -1),
    secret.replaceAll('$', '\\$'),
    encodeURIComponent(secret),
    ...['md5', 'sha1', 'sha256', 'sha512'].map(name => createHash(name).update(secret).digest('hex')),
  ])
}

// The token's decoded text is plain, that of the other secrets is noise, which would be found anywhere.
const spellings = [...new Set(listSpellings())].filter(
  text => text.length >= 10 && /^[\x20-\x7e]+$/.test(text),
)

/**
 * Stands before every program of the guest: looks at the command lines of all processes and at the environments of
 * those that no script of the context has started (which have MOUNT_DIR), then becomes the program. So that what is
 * seen does not depend on the moment, it looks whenever a program begins.
 */
const spy = `#!/bin/bash
{
  /bin/cat /proc/[0-9]*/cmdline
  for path in /proc/[0-9]*/environ; do
    /bin/grep -qz '^MOUNT_DIR=' "$path" || /bin/cat "$path"
  done
} >>/root/seen 2>/dev/null </dev/null
name=\${0##*/}
for directory in /usr/sbin /usr/bin /sbin /bin; do
  [ -x "$directory/$name" ] && exec "$directory/$name" "$@"
done
exit 127
`

async function installSpy(guest: Guest): Promise<void> {
  await guest.writeFile('/root/spy', spy, 0o755)
  const script = 'cd /usr/local/sbin; ls /usr/sbin /usr/bin | grep -v : | xargs -n1 ln -sf /root/spy'
  await guest.expect(['/bin/sh', '-c', `${script}; rm /usr/local/sbin/vmcontext; : >/root/start; sleep 0.01`])
}

const run = async (guest: Guest, ...argv: [string, ...string[]]) => {
  const {stdout, stderr} = await guest.run(['vmcontext', ...argv])
  return `${stdout}${stderr}`
}

function expectNone(where: string, text: string): void {
  const found = spellings.flatMap(spelling => {
    const at = text.indexOf(spelling)
    return at === -1 ? [] : [text.slice(Math.max(0, at - 80), at + spelling.length + 20)]
  })
  assert.deepEqual(found, [], `${where} tells a secret`)
}

/** The files written since the beginning that tell a secret, with their modes. */
async function findTellingFiles(guest: Guest): Promise<string[]> {
  const script = `cat >/dev/patterns
    find / \\( -path /proc -o -path /sys -o -path /dev/patterns \\) -prune -o -type f -newer /root/start -print0 |
      xargs -0 /bin/grep -laF -f /dev/patterns | sort -u | xargs -r stat -c '%a %U %n'`
  const input = `${spellings.join('\n')}\n`
  const text = await guest.expect(['/bin/bash', '-c', script], {input})
  return text.split('\n').filter(Boolean)
}

const isExcepted = (line: string) =>
  [
    // What a script says, for root alone.
    /^600 root \/var\/log\/vmcontext\/[^/]+\.log$/,
    /^600 root \/run\/one-context\/one_env$/,
    // Where a hash belongs, and the copies that its tools keep.
    /^6[04]0 root \/etc\/shadow-?$/,
  ].some(pattern => pattern.test(line))

describe('secrets', skipWithoutGuest('namespace'), () => {
  test('are nowhere but where they belong', async () => {
    await using guest = await startGuest({nics, disc: makeDisc(contexts[0]!)})
    await installSpy(guest)
    for (const context of contexts) {
      await guest.insert(makeDisc(context))
      expectNone('plan', await run(guest, 'plan'))
      expectNone('plan --json', await run(guest, 'plan', '--json'))
      const said = await run(guest, 'boot', '--force')
      assert.match(said, /set the password of joe/)
      expectNone('boot', said)
      expectNone('a second boot', await run(guest, 'boot'))
    }
    await guest.reboot()
    const journal = await guest.run(['vmcontext', 'boot'], {environment: {JOURNAL_STREAM: '8:1'}})
    expectNone('boot for the journal', `${journal.stdout}${journal.stderr}`)
    await expectCleanGuest(guest)
  })

  test('are not told by tools that fail and say what they were given', async () => {
    await using guest = await startGuest({nics, disc: makeDisc(contexts[3]!)})
    await installSpy(guest)
    await guest.expect(['/bin/sh', '-c', 'rm /usr/local/sbin/chpasswd'])
    const blab = '#!/bin/sh\nread -r line\nprintf "bad line: %s\\n" "$line" >&2\nexit 1\n'
    await guest.writeFile('/usr/local/sbin/chpasswd', blab, 0o755)
    for (const context of contexts) {
      await guest.insert(makeDisc(context))
      const said = await run(guest, 'boot', '--force')
      assert.match(said, /could not set the password of joe: .*bad line: joe:\*{8}/)
      expectNone('boot', said)
    }
    await expectCleanGuest(guest)
  })
})

async function expectCleanGuest(guest: Guest): Promise<void> {
  expectNone('the console', await guest.console())
  expectNone('the report', await guest.readFile('/run/vmcontext/report.json'))
  JSON.parse(await guest.readFile('/run/vmcontext/report.json'))
  expectNone('the log', await guest.readFile('/var/log/vmcontext.log'))
  const seen = await guest.readFile('/root/seen')
  // The spy saw the agent and its tools.
  for (const sign of [/vmcontext\0boot\0/, /LC_ALL=C\0/, /sbin\/visudo\0/]) assert.match(seen, sign)
  expectNone('a command line or an environment', seen.replaceAll('\0', ' '))
  const telling = await findTellingFiles(guest)
  assert.deepEqual(
    telling.filter(line => !isExcepted(line)),
    [],
  )
  // The search finds what is there.
  for (const end of ['.log', '/one_env'])
    assert.ok(
      telling.some(line => line.endsWith(end)),
      telling.join('\n'),
    )
}
