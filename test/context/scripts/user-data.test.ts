import assert from 'node:assert/strict'
import {test} from 'node:test'
import {gzipSync} from 'node:zlib'
import {readUserData} from '../../../src/context/scripts/user-data.ts'
import type {Problem} from '../../../src/problem.ts'
import {makeDisc} from '../sample-disc.ts'

const quote = (text: string) => `'${text.replaceAll("'", String.raw`'\''`)}'`
const base64 = (text: string | Uint8Array) => Buffer.from(text).toString('base64')

function read(text: string) {
  const problems: Problem[] = []
  const userData = readUserData(makeDisc(text), problems)
  const files = userData?.files.map(({content, ...file}) => ({...file, content: content.reveal()})) ?? []
  return {
    userData,
    files,
    script: userData?.script?.text.reveal(),
    problems: problems.map(({message}) => message),
    codes: problems.map(({code}) => code),
  }
}

const readConfig = (text: string) => read(`USER_DATA=${quote(`#cloud-config\n${text}`)}`)

const script = '#!/bin/sh\necho hello\n'
const spellings: [what: string, context: string][] = [
  ['as text', `USER_DATA=${quote(script)}`],
  ['under its other name', `USERDATA=${quote(script)}`],
  ['as base64', `USER_DATA=${base64(script)}\nUSER_DATA_ENCODING=base64`],
  ['as base64 under the other name', `USER_DATA=${base64(script)}\nUSERDATA_ENCODING=b64`],
  ['as gzip in base64', `USER_DATA=${base64(gzipSync(script))}\nUSER_DATA_ENCODING=gz+b64`],
  ['as gzip that says nothing of it', `USER_DATA=${base64(gzipSync(script))}\nUSER_DATA_ENCODING=base64`],
  ['below blank lines', `USER_DATA=${quote(`\n\n${script}`)}`],
  ['behind a mark of byte order', `USER_DATA=${base64(`\ufeff${script}`)}\nUSER_DATA_ENCODING=base64`],
]

for (const [what, context] of spellings) {
  test(`a script ${what} is read`, () =>
    assert.deepEqual([read(context).script, read(context).problems], [script, []]))
}

const refused: [what: string, context: string, reason: RegExp][] = [
  [
    'of several parts',
    'USER_DATA="Content-Type: multipart/mixed\nMIME-Version: 1.0"',
    /several parts \(MIME\)/,
  ],
  ['to be fetched', 'USER_DATA="#include\nhttp://example.org/"', /addresses to fetch/],
  [
    'that is a template',
    'USER_DATA="## template: jinja\n#cloud-config\nruncmd: [ls]"',
    /a template \(jinja\)/,
  ],
  ['that is an archive', 'USER_DATA="#cloud-config-archive\n- x"', /only cloud-init knows/],
  ['that is a boot hook', 'USER_DATA="#cloud-boothook\nls"', /boot hook/],
  ['that is nothing known', 'USER_DATA="hello"', /neither with #! nor with #cloud-config/],
  [
    'in an unknown encoding',
    'USER_DATA="#!/bin/sh"\nUSER_DATA_ENCODING=rot13',
    /encoding "rot13", which is not known/,
  ],
  ['that is no base64', 'USER_DATA="#!/bin/sh"\nUSER_DATA_ENCODING=base64', /is not base64/],
  ['that is no gzip', 'USER_DATA=aGVsbG8=\nUSER_DATA_ENCODING=gz+b64', /is not gzip/],
  [
    'that is a bomb',
    `USER_DATA=${base64(gzipSync(Buffer.alloc(20_000_000)))}\nUSER_DATA_ENCODING=gz+b64`,
    /is not gzip of/,
  ],
  ['that is no YAML', 'USER_DATA="#cloud-config\nruncmd: [ls\nx: 1"', /in its line 3 this is not YAML/],
  [
    'that is not UTF-8',
    `USER_DATA=${Buffer.from('#cloud-config\nruncmd: ["echo gr\xfc\xdfe"]\n', 'latin1').toString('base64')}
USER_DATA_ENCODING=base64`,
    /this is not UTF-8/,
  ],
  ['that is two documents', 'USER_DATA="#cloud-config\na: 1\n---\nb: 1"', /not YAML \(.*multiple documents/],
  [
    'that is a list',
    'USER_DATA="#cloud-config\n- ls"',
    /in its line 2 cloud-config is a list of keys and values/,
  ],
  ['that contains itself', 'USER_DATA="#cloud-config\nruncmd: &a [*a]"', /nested without end/],
  [
    'that is nested without end',
    `USER_DATA="#cloud-config\nruncmd: ${'['.repeat(50_000)}"`,
    /nested without end/,
  ],
  [
    // As a tree it would not fit into the memory of any guest.
    'that is a bomb of YAML',
    `USER_DATA=${base64(gzipSync(`#cloud-config\nruncmd:\n${'- a\n'.repeat(4_000_000)}`))}
USER_DATA_ENCODING=gz+b64`,
    /more than anybody writes by hand/,
  ],
]

for (const [what, context, reason] of refused) {
  test(`user data ${what} is refused as a whole`, () => {
    const {userData, problems} = read(context)
    assert.equal(userData, undefined)
    assert.match(problems.join('\n'), reason)
    assert.equal(problems.length, 1)
  })
}

test('aliases that grow without end are refused, not followed', () => {
  const levels = Array.from({length: 12}, (_, n) => `- &x${n + 1} [${`*x${n},`.repeat(9)}]`)
  const {problems} = readConfig(`runcmd:\n- &x0 [a]\n${levels.join('\n')}\n`)
  assert.match(problems.join(), /more than anybody writes by hand/)
})

test('an alias is what stands above it under that name, and not what stood there before', () => {
  const {script} = readConfig('x: &a [&b one]\ny: &b two\nruncmd: [*b, *a, *b]\n')
  assert.equal(script, "#!/bin/sh\ntwo\n'one'\ntwo\n")
})

test('files that are repeated have room for 16 MiB together; the others are named', () => {
  const bomb = base64(gzipSync(Buffer.alloc(9_000_000)))
  const entries = '- {path: /a, encoding: gz+b64, content: *a}\n'.repeat(50)
  const {files, problems} = readConfig(`x: &a ${bomb}\nwrite_files:\n${entries}- {path: /b, content: b}\n`)
  assert.deepEqual(
    files.map(({path}) => path),
    ['/a', '/b'],
  )
  assert.equal(problems.filter(problem => problem.includes('the file "/a" is not written')).length, 49)
})

test('commands that are repeated are no longer than 16 MiB together; the others are named', () => {
  const {script, problems} = readConfig(`x: &a "${'b'.repeat(500_000)}"\nruncmd: [${'*a,'.repeat(1000)}]\n`)
  assert.ok(script!.length <= 16 * 1024 * 1024)
  assert.equal(problems.filter(problem => problem.includes('this one is not run')).length, 1000 - 33)
})

test('without a first line it is taken as one-context does, and told', () => {
  const {script, problems} = read('USER_DATA="runcmd: [ls]"')
  assert.equal(script, '#!/bin/sh\nls\n')
  assert.match(problems.join(), /does not begin with #cloud-config/)
})

test('commands are texts and lists of words, as they were typed', () => {
  const {script, problems} = readConfig(
    `runcmd:\n- echo "a b" >/x\n- [echo, it's, 010, yes, '', "a b"]\n-\n- |\n  if true\n  then ls\n  fi\n`,
  )
  const lines = ['#!/bin/sh', 'echo "a b" >/x', String.raw`'echo' 'it'\''s' '010' 'yes' '' 'a b'`]
  // An empty word is lost on nobody.
  assert.equal(script, `${[...lines, 'if true', 'then ls', 'fi'].join('\n')}\n\n`)
  assert.deepEqual(problems, [])
})

test('a command that YAML takes for a map costs itself and tells why', () => {
  const {script, problems} = readConfig('runcmd:\n- ls\n- echo note: this\n- [a, [b]]\n')
  assert.equal(script, '#!/bin/sh\nls\n')
  assert.match(
    problems.join('\n'),
    /in its line 4 this command is no text[^\n]*\nin its line 5 this command holds/,
  )
})

test('an unknown key costs itself, is named with its line and makes no boot fail', () => {
  const {script, problems, codes} = readConfig('packages: [vim]\nruncmd: [ls]\n')
  assert.equal(script, '#!/bin/sh\nls\n')
  assert.match(problems.join(), /^in its line 2 the key "packages" is not known here/)
  assert.deepEqual(codes, ['value-ignored'])
})

test('of a key that stands twice the last counts, as in cloud-init, and the other is named', () => {
  const {script, problems} = readConfig('runcmd: [first]\nruncmd: [last]\n')
  assert.equal(script, '#!/bin/sh\nlast\n')
  assert.match(problems.join(), /^in its line 2 runcmd stands here and again in line 3/)
})

const root = {user: 'root', group: 'root'}
const common = {
  path: '/etc/x',
  mode: 0o644,
  owner: root,
  append: false,
  isDeferred: false,
  content: '',
  bytes: 0,
}
const files: [what: string, entry: string, expected: Partial<typeof common>][] = [
  ['with nothing but a path', '{path: /etc/x}', {}],
  ['with a text', '{path: /etc/x, content: "a\\n"}', {content: 'a\n', bytes: 2}],
  ['with a text that looks like a number', '{path: /etc/x, content: 0123}', {content: '0123', bytes: 4}],
  ['in UTF-8', '{path: /etc/x, content: ä}', {content: '\xc3\xa4', bytes: 2}],
  ['in base64', '{path: /etc/x, content: /w==, encoding: b64}', {content: '\xff', bytes: 1}],
  ['as YAML has binary', '{path: /etc/x, content: !!binary /w==}', {content: '\xff', bytes: 1}],
  [
    'in gzip and base64',
    `{path: /etc/x, content: ${base64(gzipSync('hello'))}, encoding: gzip+base64}`,
    {content: 'hello', bytes: 5},
  ],
  ['with permissions as a text', '{path: /etc/x, permissions: "0600"}', {mode: 0o600}],
  ['with permissions without 0 as a text', '{path: /etc/x, permissions: "755"}', {mode: 0o755}],
  ['with permissions as an octal number of YAML 1.1', '{path: /etc/x, permissions: 0755}', {mode: 0o755}],
  ['with permissions as an octal number of YAML 1.2', '{path: /etc/x, permissions: 0o4755}', {mode: 0o4755}],
  ['with an owner', '{path: /etc/x, owner: "joe:users"}', {owner: {user: 'joe', group: 'users'}}],
  ['with an owner alone', '{path: /etc/x, owner: joe}', {owner: {user: 'joe', group: ''}}],
  ['with numbers as owner', '{path: /etc/x, owner: 1000:100}', {owner: {user: '1000', group: '100'}}],
  ['to append to', '{path: /etc/x, append: true}', {append: true}],
  ['for later', '{path: /etc/x, defer: yes}', {isDeferred: true}],
  ['with a path that is not plain', '{path: //etc/./y/../x}', {}],
]

for (const [what, entry, expected] of files) {
  test(`a file ${what}`, () => {
    const found = readConfig(`write_files:\n- ${entry}\n`)
    assert.deepEqual([found.files, found.problems], [[{...common, ...expected}], []])
  })
}

const badFiles: [entry: string, reason: RegExp][] = [
  ['hello', /is no list of keys/],
  ['{content: x}', /has no path/],
  ['{path: etc/x}', /does not begin with \//],
  ['{path: /etc/}', /ends with \//],
  ['{path: "/etc/x\\n"}', /control characters/],
  ['{path: /etc/..}', /a directory/],
  ['{path: /etc/x, mode: "0644"}', /the key "mode", which is not known/],
  ['{path: /etc/x, source: {uri: "http://example.org"}}', /nothing is fetched/],
  ['{path: /etc/x, content: [a]}', /something else than a text as content/],
  ['{path: /etc/x, permissions: 644}', /YAML takes for a decimal number/],
  ['{path: /etc/x, permissions: 420}', /YAML takes for a decimal number/],
  ['{path: /etc/x, permissions: "u+x"}', /no octal number/],
  ['{path: /etc/x, permissions: "0888"}', /no octal number/],
  ['{path: /etc/x, owner: "a b"}', /an owner that is not/],
  ['{path: /etc/x, owner: "a:b:c"}', /an owner that is not/],
  ['{path: /etc/x, encoding: rot13}', /encoding "rot13"/],
  ['{path: /etc/x, encoding: b64, content: "*"}', /content that is not base64/],
  ['{path: /etc/x, append: perhaps}', /append, which is neither/],
]

for (const [entry, reason] of badFiles) {
  test(`the file ${entry} costs itself`, () => {
    const {files, problems} = readConfig(`write_files:\n- ${entry}\n- path: /etc/x\n`)
    assert.deepEqual(files, [common])
    assert.match(problems.join(), reason)
    assert.match(problems.join(), /^in its line 3 /)
  })
}

test('deferred files come last', () => {
  const {files} = readConfig('write_files:\n- {path: /a, defer: true}\n- {path: /b}\n- {path: /c}\n')
  assert.deepEqual(
    files.map(({path}) => path),
    ['/b', '/c', '/a'],
  )
})

test('nothing of a content is in a message or in JSON', () => {
  const {userData, problems} = readConfig(
    'write_files:\n- {path: /a, content: hunter2}\n- {path: b, content: hunter2}\nruncmd: [echo hunter2, {hunter2: x}]',
  )
  assert.equal(problems.length, 2)
  assert.doesNotMatch(JSON.stringify([userData, problems]), /hunter2/)
})
