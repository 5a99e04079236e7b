// No secret leaves the guest in a bundle, whatever way it came in, and the plan stays the same without it.

import assert from 'node:assert/strict'
import {createHash} from 'node:crypto'
import {appendFileSync, mkdirSync, readFileSync, statSync, writeFileSync} from 'node:fs'
import {dirname, join} from 'node:path'
import {test} from 'node:test'
import {gzipSync} from 'node:zlib'
import {unpackEntries} from '../../src/bundle/archive.ts'
import {redactNetworkFile} from '../../src/bundle/redact/network-file.ts'
import {StandIns} from '../../src/bundle/redact/stand-ins.ts'
import {bootRoot} from '../boot-root.ts'
import {runVmcontext} from '../run-vmcontext.ts'
import {layOut, scenariosDirectory} from '../scenario.ts'
import {makeDirectory} from '../temporary.ts'
import {requireRoot} from '../tools.ts'

const password = "Gar nicht's so $geheim 17"
const hash =
  '$6$saltsaltsalt$abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789./abcdefghijklmnopqrstuv'
const token = 'f0Tz+Kq9/EphZ3tokenTokenT0ken=='
const lines = 'first line of two\nsecond line of both'
const base64 = (text: string | Uint8Array) => Buffer.from(text).toString('base64')
const quote = (value: string) => `'${value.replaceAll("'", "'\\''")}'`

const coded = 'Gehä+im/ &1'
const spellingsOf = (text: string) => [
  base64(text).replace(/=*$/, ''),
  Buffer.from(text).toString('base64url'),
  Buffer.from(text).toString('hex'),
  Buffer.from(text).toString('hex').toUpperCase(),
  encodeURIComponent(text),
  encodeURIComponent(text).replaceAll('%20', '+'),
]

const cloudConfig = `#cloud-config
# the password is kommentar99
write_files:
  - path: /etc/app.conf
    content: |
      db_password: inDerDatei42
    owner: root:root
  - path: /etc/app.key
    encoding: b64
    content: ${base64('schluesselInBase64')}
  - {path: /etc/app.gz, encoding: gz+b64, content: ${base64(gzipSync('gepacktesGeheimnis'))}}
  - path: /etc/quoted
    content: "zitiert\\x41\\tGeheimnis7"
runcmd:
  - [mysql, -pkommandoGeheim]
  - echo befehlGeheim > /root/x
`

/** What a context may hold, and what of it nobody else may see. */
const cases: Record<
  string,
  {variables: Record<string, string>; secrets: string[]; files?: Record<string, string>}
> = {
  'a password': {variables: {PASSWORD: password}, secrets: [password, JSON.stringify(password).slice(1, -1)]},
  'a password in base64': {
    variables: {PASSWORD_BASE64: base64(password)},
    secrets: [password, base64(password)],
  },
  'a hash': {variables: {CRYPTED_PASSWORD: hash}, secrets: [hash, 'saltsaltsalt', 'abcdefghijklmnop']},
  'a hash as the front end escapes it': {
    variables: {CRYPTED_PASSWORD: hash.replaceAll('$', '\\$')},
    secrets: [hash, 'saltsaltsalt', 'abcdefghijklmnop'],
  },
  'a hash in base64': {
    variables: {CRYPTED_PASSWORD_BASE64: base64(hash)},
    secrets: [hash, base64(hash), 'saltsaltsalt'],
  },
  'a token': {
    variables: {
      ONEGATE_TOKEN: token,
      ONEGATE_ENDPOINT: 'http://192.168.0.1:5030',
      VMID: '7',
      REPORT_READY: 'YES',
    },
    secrets: [token],
  },
  'a token in its file': {variables: {VMID: '7'}, files: {'token.txt': `${token}\n`}, secrets: [token]},
  'several lines': {variables: {MY_TOKEN: lines}, secrets: [lines, ...lines.split('\n')]},
  'a secret that comes up again': {
    variables: {
      PASSWORD: 'SehrGeheim1',
      SET_HOSTNAME: 'host-SehrGeheim1',
      SEARCH_DOMAIN: 'SehrGeheim1.example.org',
    },
    secrets: ['SehrGeheim1'],
  },
  'a secret in other spellings': {
    variables: {
      PASSWORD: coded,
      SEARCH_DOMAIN: [...spellingsOf(coded), 'b.example.org'].join(' '),
    },
    secrets: spellingsOf(coded),
  },
  'variables of others': {
    variables: {DB_PASS: 'datenbank5', MYSQL_ROOT: 'wurzel6', NOTE: 'mit "Zeichen" und $Geld'},
    secrets: ['datenbank5', 'wurzel6', 'Zeichen', 'Geld'],
  },
  'a start script': {
    variables: {START_SCRIPT: '#!/bin/sh\ncurl -u joe:skriptGeheim http://x\n'},
    secrets: ['skriptGeheim', 'curl'],
  },
  'a start script in base64': {
    variables: {
      START_SCRIPT_BASE64: base64('#!/bin/bash -e\nexport X=skriptGeheim\n'),
      START_SCRIPT_ONCE: 'YES',
    },
    secrets: ['skriptGeheim', base64('#!/bin/bash -e\nexport X=skriptGeheim\n').slice(24)],
  },
  'an interpreter with an argument': {
    variables: {START_SCRIPT: '#!/bin/sh -c shown\necho\n'},
    secrets: ['echo'],
  },
  'cloud-config': {
    variables: {USER_DATA: cloudConfig},
    secrets: [
      'kommentar99',
      'inDerDatei42',
      base64('schluesselInBase64'),
      'zitiert',
      'Geheimnis7',
      'kommandoGeheim',
      'befehlGeheim',
    ],
  },
  'cloud-config in base64': {
    variables: {USER_DATA: base64(cloudConfig), USER_DATA_ENCODING: 'base64'},
    secrets: ['inDerDatei42', base64(cloudConfig).slice(40, 80)],
  },
  'cloud-config that is compressed': {
    variables: {USER_DATA: base64(gzipSync(cloudConfig)), USER_DATA_ENCODING: 'gz+b64'},
    secrets: [base64(gzipSync(cloudConfig)).slice(40, 80)],
  },
  'an address with a password': {
    variables: {ONEGATE_ENDPOINT: 'http://joe:adressGeheim@192.168.0.1/'},
    secrets: ['adressGeheim'],
  },
  'an address with a token': {
    variables: {ONEGATE_ENDPOINT: 'http://192.168.0.1/?token=adressGeheim'},
    secrets: ['adressGeheim'],
  },
  'a private key for a public one': {
    variables: {USERNAME: 'joe', USER_PUBKEY: 'id_rsa'},
    files: {
      id_rsa:
        '-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjEAAAAABG5v\n-----END OPENSSH PRIVATE KEY-----\n',
    },
    secrets: ['b3BlbnNzaC1rZXktdjEAAAAABG5v'],
  },
}

for (const [name, {variables, secrets, files = {}}] of Object.entries(cases)) {
  test(`${name} does not leave the guest`, async t => {
    const context = Object.entries(variables).map(([key, value]) => `${key}=${quote(value)}\n`)
    const directory = makeDirectory(t, {
      'context/context.sh': `NETWORK='YES'\n# geheimerKommentar\n${context.join('')}`,
      ...Object.fromEntries(Object.entries(files).map(([file, text]) => [`context/${file}`, text])),
      'root/nothing': '',
    })
    layOut(join(directory, 'root'), join(scenariosDirectory, 'keys', 'every-name'))
    await checkBundle(directory, [...secrets, 'geheimerKommentar'])
  })
}

const broken: Record<string, string> = {
  'a value that would have to be run': "PASSWORD=$(echo laufGeheim)\nUSERNAME='joe'\n",
  'a quote that never closes':
    "USERNAME='joe'\nPASSWORD='offenGeheim\nX_TOKEN='darunterGeheim'\nGATEWAY='1.2.3.4'\n",
  'a command':
    "mysql -pbefehlGeheim\nexport USERNAME='joe' PASSWORD='laufGeheim'\nif true; then A='bedingtGeheim'; fi\n",
  'double quotes and references':
    'PASSWORD="lauf\\"Geheim $USERNAME"\nUSERNAME="joe"\nSET_HOSTNAME="a$OTHER"\nOTHER="b"\n',
  'other quoting': "PASSWORD=$'lauf\\'Geheim\\n2'\nX_TOKEN=laufGeheim\nY_TOKEN=lauf'Geheim'\nUSERNAME=joe\n",
  'CR LF': "PASSWORD='laufGeheim'\r\nUSERNAME='joe'\r\n",
  'one name twice': "PASSWORD='erstGeheim'\nPASSWORD='dannGeheim'\nUSERNAME='joe'\n",
  'continued lines': "PASSWORD=lauf\\\nGeheim\nUSERNAME='joe'\nGATEWAY='x'\n",
}

for (const [name, text] of Object.entries(broken)) {
  test(`${name} leaves the plan what it is`, async t => {
    const directory = makeDirectory(t, {'context/context.sh': text, 'root/nothing': ''})
    layOut(join(directory, 'root'), join(scenariosDirectory, 'keys', 'every-name'))
    const words = [
      'laufGeheim',
      'offenGeheim',
      'darunterGeheim',
      'befehlGeheim',
      'bedingtGeheim',
      'erstGeheim',
      'dannGeheim',
    ]
    await checkBundle(directory, [...words, 'lauf"Geheim', "lauf'Geheim"])
  })
}

test('what the guest itself keeps does not leave it either, and what was done counts as done', async t => {
  if (!requireRoot(t)) return
  const variables = `USERNAME='joe'\nPASSWORD='SetzMich-1'\nSTART_SCRIPT='#!/bin/sh\necho nochEinGeheimnis\n'\nSTART_SCRIPT_ONCE='YES'\nUSER_DATA=${quote(cloudConfig)}\n`
  const directory = makeDirectory(t, {
    'context/context.sh': variables,
    'root/etc/NetworkManager/system-connections/wifi.nmconnection':
      '[wifi-security]\nkey-mgmt=wpa-psk\npsk=funkGeheim1\n',
    'root/etc/network/interfaces.d/wlan':
      'iface wlan0 inet dhcp\n    wpa-psk "funkGeheim2"\n    wpa-ssid home\n',
    'root/etc/rc.local': '#!/bin/sh\nmount -o password=rcGeheim x /mnt\n',
  })
  const root = layOut(join(directory, 'root'), join(scenariosDirectory, 'keys', 'every-name'))
  appendFileSync(join(root, 'etc/network/interfaces'), 'iface wlan1 inet dhcp\n    wpa-psk funkGeheim3\n')
  const say = (path: string, text: string, mode = 0o600) => {
    mkdirSync(dirname(join(root, path)), {recursive: true})
    writeFileSync(join(root, path), text, {mode})
  }
  say('etc/shadow', `root:${hash}:19000:0:99999:7:::\n`)
  await bootRoot(root, '--context', join(directory, 'context'))
  say('var/log/vmcontext.log', `2026 info said SetzMich-1 and ${hash}\n`)
  const files = await checkBundle(directory, [
    'SetzMich-1',
    hash,
    'nochEinGeheimnis',
    'funkGeheim',
    'rcGeheim',
    'inDerDatei42',
  ])
  const records = files.get('root/var/lib/vmcontext/manifest.json')?.toString() ?? ''
  const own = JSON.parse(readFileSync(join(root, 'var/lib/vmcontext/manifest.json'), 'utf8'))
  assert.equal(records.includes(own.passwords.joe.hash), false)
  assert.match(files.get('root/etc/shadow')!.toString(), /^root:\$6\$withheld:/m)
  assert.match(files.get('log.txt')!.toString(), /said (\*{8}|withheld\d+) and \*{8}/)
  assert.equal(/password of joe/.test(files.get('plan.txt')!.toString()), false, 'it is set already')
  for (const path of ['etc/app.conf', 'etc/app.key'])
    assert.equal(
      records.includes(
        createHash('sha256')
          .update(readFileSync(join(root, path)))
          .digest('hex'),
      ),
      false,
      path,
    )
})

test('what a script was given and said stays at home, whoever gave it', async t => {
  const directory = makeDirectory(t, {
    'context/context.sh': "DB_PASS='datenbank5'\nUSERNAME='joe'\nSTART_SCRIPT='echo sagtGeheim; exit 3'\n",
    'root/nothing': '',
  })
  const root = layOut(join(directory, 'root'), join(scenariosDirectory, 'keys', 'every-name'))
  const told = (said: string) => `START_SCRIPT exited with 3: ${said}`
  const cure = 'its output is in /var/log/vmcontext/START_SCRIPT.log'
  const say = (path: string, text: string) => {
    mkdirSync(dirname(join(root, path)), {recursive: true})
    writeFileSync(join(root, path), text)
  }
  say(
    'var/log/vmcontext.log',
    `x error failure: ${told('frueherGeheim')} (${cure})\nx info  got datenbank5\nx error ifup exited with 1: no such device\n`,
  )
  say(
    'run/vmcontext/report.json',
    JSON.stringify({steps: [{name: 'local', problems: [{message: told('frueherGeheim'), cure}]}]}),
  )
  const files = await checkBundle(directory, ['frueherGeheim', 'datenbank5', 'sagtGeheim'])
  assert.match(files.get('log.txt')!.toString(), /ifup exited with 1: no such device/)
  assert.equal(JSON.parse(files.get('report.json')!.toString()).steps[0].name, 'local')
})

test('a word that the guest is full of is told, and the bundle stays whole', async t => {
  const directory = makeDirectory(t, {
    'context/context.sh': "PASSWORD='network'\nUSERNAME='joe'\n",
    'root/nothing': '',
  })
  layOut(join(directory, 'root'), join(scenariosDirectory, 'keys', 'every-name'))
  const files = await checkBundle(directory, [])
  assert.equal(files.get('context/context.sh')?.toString().includes("'network'"), false)
  assert.equal(JSON.parse(files.get('manifest.json')!.toString()).masked.notSearched > 0, true)
})

const files: Record<string, string> = {
  netplan: 'access-points: {"home": {password: "GEHEIM"}}\n',
  'netplan, among others': '  auth: {key-management: psk, password: GEHEIM}\n',
  'keys of WireGuard': '  keys:\n    private: GEHEIM\n  peers:\n    - keys: {public: a, shared: GEHEIM}\n',
  'a keyfile of a VPN': '[vpn-secrets]\nXauth password=GEHEIM\nIPSec secret=GEHEIM\ncookie=GEHEIM\n',
  'MACsec and 802.1X': '[macsec]\nmka-cak=GEHEIM\n[802-1x]\npassword-raw=GEHEIM\npin=GEHEIM\n',
  'an exported variable': 'export WPA_PSK=GEHEIM\n',
  'a second command': 'A=1; WPA_PSK=GEHEIM\n',
  'wicked and ifcfg': "WIRELESS_KEY_0='GEHEIM'\nKEY_PASSPHRASE1=GEHEIM\nKEY_ESP_IN=GEHEIM\nIKE_PSK=GEHEIM\n",
  ifupdown: '  wpa-psk "GEHEIM"\n  wireless_key GEHEIM\n  wireless-key s:GEHEIM\n',
  'commands of ifupdown':
    '  up curl -u joe:GEHEIM http://x:GEHEIM@y\n  up wpa_passphrase home GEHEIM\n  up iwconfig wlan0 key s:GEHEIM\n',
  'dhclient.conf': 'key "a" { algorithm hmac-md5; secret="GEHEIM"; }\n',
  'a mount': '//srv/x /mnt cifs user=joe,password=GEHEIM,pass=GEHEIM 0 0\n',
  PAM: 'auth required pam_mysql.so user=root passwd=GEHEIM db=x\n',
}

for (const [name, text] of Object.entries(files)) {
  test(`no secret is left of ${name}`, () => {
    const redacted = redactNetworkFile(text, new StandIns())
    assert.doesNotMatch(redacted, /GEHEIM/)
    assert.equal(
      redacted.replace(/withheld\d+/g, 'GEHEIM').replace(/s:(?=GEHEIM)/, ''),
      text.replace(/s:(?=GEHEIM)/, ''),
    )
  })
}

for (const line of [
  'wpa-key-mgmt WPA-PSK',
  'key-mgmt=wpa-psk',
  'psk-flags=0',
  'auth: {key-management: psk}',
  '# <dump> <pass>',
]) {
  test(`${line} says how, not what`, () =>
    assert.equal(redactNetworkFile(`${line}\nnext line\n`, new StandIns()), `${line}\nnext line\n`))
}

/** Makes a bundle, searches it, and compares the plan that is made from it. */
async function checkBundle(
  directory: string,
  secrets: readonly string[],
): Promise<ReadonlyMap<string, Buffer>> {
  const bundle = join(directory, 'bundle.tar.gz')
  const guest = ['--root', join(directory, 'root'), '--context', join(directory, 'context')]
  const report = await runVmcontext('report', '-o', bundle, ...guest)
  assert.equal(report.exitCode, 0, report.errors)
  assert.equal(statSync(bundle).mode & 0o777, 0o600)
  const files = await unpackEntries(readFileSync(bundle))
  for (const [name, bytes] of files)
    for (const secret of secrets)
      assert.equal(
        `${name}\n${bytes.toString('latin1')}`.includes(Buffer.from(secret).toString('latin1')),
        false,
        `${secret} is in ${name}`,
      )
  const check = await runVmcontext('replay', bundle, '--check')
  assert.equal(`${check.errors}${check.output}`, 'The plan is the one that the guest made.\n')
  assert.match(report.errors.replaceAll('\n', ' '), /is the one that the guest makes/)
  return files
}
