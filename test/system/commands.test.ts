import assert from 'node:assert/strict'
import {readFileSync} from 'node:fs'
import {test} from 'node:test'
import {setTimeout as delay} from 'node:timers/promises'
import {type Command, describeEnd, runCommand} from '../../src/system/commands.ts'

const shell = (script: string): Command['argv'] => ['sh', '-c', script]

const ends: [what: string, argv: Command['argv'], described: RegExp][] = [
  [
    'one that fails is told with its last words',
    shell('echo first; echo last >&2; exit 3'),
    /^exited with 3: (first|last)$/,
  ],
  [
    'what is indented goes on about the line before it',
    shell('printf "mount: /mnt: no.\\n       dmesg(1) may have more.\\n"; exit 32'),
    /^exited with 32: mount: \/mnt: no\.$/,
  ],
  ['one that is not there', ['no-such-program'], /^could not be started: there is no such file$/],
  ['one that is killed', shell('kill -9 $$'), /^was killed by SIGKILL$/],
  [
    'control characters are shown, not obeyed',
    shell(String.raw`printf '\033[2Jx\n'; exit 1`),
    /^exited with 1: \\x1b\[2Jx$/,
  ],
]

for (const [what, argv, described] of ends) {
  test(what, async () => assert.match(describeEnd(await runCommand({argv, timeoutMs: 20_000})), described))
}

test('a program gets PATH, HOME and LC_ALL and nothing else', async () => {
  process.env.VMCONTEXT_TEST_LEAK = 'yes'
  const {output} = await runCommand({argv: ['env'], timeoutMs: 20_000})
  delete process.env.VMCONTEXT_TEST_LEAK
  assert.deepEqual(
    output
      .trim()
      .split('\n')
      .map(line => line.split('=')[0])
      .sort(),
    ['HOME', 'LC_ALL', 'PATH'],
  )
})

test('a daemon that keeps the output open does not hold us up', async () => {
  const result = await runCommand({argv: shell('sleep 300 & echo $!'), timeoutMs: 250_000})
  assert.equal(result.ended, 'exited')
  process.kill(Number(result.output))
})

test('one that hangs is ended with its whole group', async () => {
  const argv = shell('trap "" TERM; sleep 300 & echo $!; wait; sleep 300')
  const result = await runCommand({argv, timeoutMs: 300})
  assert.match(describeEnd(result), /^did not end in time and was killed/)
  // Killed, it is gone, or a zombie until init fetches it.
  const state = () => readState(Number(result.output))
  for (let tries = 0; !['gone', 'Z'].includes(state()) && tries < 100; tries += 1) await delay(50)
  assert.match(state(), /^(gone|Z)$/)
})

test('one that does not even die is not waited for', async t => {
  // As it looks from here when a program waits for a disk that is gone.
  const kill = t.mock.method(process, 'kill', () => true)
  const result = await runCommand({argv: shell('echo $$; exec sleep 300 >/dev/null 2>&1'), timeoutMs: 100})
  kill.mock.restore()
  process.kill(Number(result.output), 'SIGKILL')
  assert.equal(result.ended, 'timed out')
})

function readState(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]![0]!
  } catch {
    return 'gone'
  }
}

test('standard input is the place for secrets', async () => {
  assert.equal((await runCommand({argv: ['cat'], timeoutMs: 20_000, input: 'secret'})).output, 'secret')
})

test('without input a program that reads gets the end at once', async () => {
  assert.equal((await runCommand({argv: ['cat'], timeoutMs: 20_000})).output, '')
})

test('an endless output is cut', async () => {
  const {output} = await runCommand({
    argv: shell('head -c 1000000 /dev/zero | tr "\\0" x'),
    timeoutMs: 20_000,
  })
  assert.equal(output.length, 65_536)
})
