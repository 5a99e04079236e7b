// Variables of the environment, of the agent itself and of the context: none reaches a tool, none loads anything into the
// agent or changes what it says.

import assert from 'node:assert/strict'
import {execFileSync, spawnSync} from 'node:child_process'
import {existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {describe, test} from 'node:test'
import {toolEnvironment} from '../../../src/system/commands.ts'
import {startGuest} from '../../guests/guest.ts'
import {skipWithoutGuest} from '../../guests/host.ts'
import {makeDirectory} from '../../temporary.ts'
import {requireBinary, requireTool} from '../../tools.ts'
import {tried} from '../rounds.ts'

const loaded = "require('node:fs').writeFileSync(process.env.TRAP + '/loaded', '')\n"

/**
 * What else Node looks at before any program begins, and no option of it forbids (doc/api/cli.md): NODE_V8_COVERAGE and
 * NODE_COMPILE_CACHE name directories that it makes and writes into, NODE_REPL_EXTERNAL_MODULE ends it. Whoever sets the
 * environment of root's programs may do as much without them.
 */

/** By what it may change; `TRAP` is a directory in which nothing may come to be. */
const ofNode: Readonly<Record<string, string>> = {
  NODE_OPTIONS: '--require=TRAP/trap.cjs',
  NODE_PATH: 'TRAP',
  NODE_REDIRECT_WARNINGS: 'TRAP/warnings',
  NODE_PENDING_DEPRECATION: '1',
  NODE_EXTRA_CA_CERTS: 'TRAP/trap.cjs',
  NODE_ICU_DATA: 'TRAP',
  NODE_DEBUG: 'fs,module,child_process',
  NODE_DEBUG_NATIVE: 'ALL',
  NODE_NO_WARNINGS: '0',
  NODE_CHANNEL_FD: '99',
  NODE_TEST_CONTEXT: 'child-v8',
  NODE_WATCH_REPORT_DEPENDENCIES: '1',
  NODE_USE_ENV_PROXY: '1',
  HTTPS_PROXY: 'http://127.0.0.1:9',
  OPENSSL_CONF: 'TRAP/trap.cjs',
  OPENSSL_MODULES: 'TRAP',
  OPENSSL_ENGINES: 'TRAP',
  SSL_CERT_FILE: 'TRAP/trap.cjs',
  SSLKEYLOGFILE: 'TRAP/keys',
  UV_USE_IO_URING: '1',
  UV_THREADPOOL_SIZE: '0',
  PKG_EXECPATH: 'PKG_INVOKE_NODEJS',
  PKG_NATIVE_CACHE_PATH: 'TRAP',
  DEBUG: '*',
  LD_LIBRARY_PATH: 'TRAP',
  LD_AUDIT: '',
  GCONV_PATH: 'TRAP',
  LOCPATH: 'TRAP',
  LANG: 'tr_TR.UTF-8',
  LC_ALL: 'tr_TR.UTF-8',
  TZ: 'TRAP/trap.cjs',
  TMPDIR: 'TRAP',
  HOME: 'TRAP',
  BASH_ENV: 'TRAP/trap.sh',
  ENV: 'TRAP/trap.sh',
  PATH: 'TRAP',
  IFS: '/',
  PS4: '$(touch TRAP/ps4)',
  SHELLOPTS: 'xtrace',
  PYTHONPATH: 'TRAP',
  PYTHONSTARTUP: 'TRAP/trap.py',
  PERL5OPT: '-MTrap',
  MALLOC_PERTURB_: '7',
}

test('nothing in the environment loads anything into the program, or changes what it says', t => {
  const binary = requireBinary(t)
  if (binary === undefined) return
  const root = makeDirectory(t, {
    'etc/debian_version': '12.0\n',
    'etc/passwd': 'root:x:0:0::/root:/bin/sh\n',
    'context/context.sh': "HOSTNAME='web'\nTIMEZONE='UTC'\n",
  })
  const run = (environment: Record<string, string>) => {
    const options = {env: environment, encoding: 'utf8', timeout: 60_000} as const
    const {stdout, stderr, status} = spawnSync(binary, ['plan', '--root', root, '--json'], options)
    return `${status}\n${stdout}${stderr}`
  }
  const plain = run({})
  assert.match(plain, /^0\n/)
  const found: string[] = []
  for (const [name, value] of Object.entries(ofNode)) {
    const trap = mkdtempSync(join(tmpdir(), 'vmcontext-trap-'))
    try {
      for (const file of ['trap.cjs', 'trap.sh', 'trap.py']) writeFileSync(join(trap, file), loaded)
      const said = run({[name]: value.replaceAll('TRAP', trap), TRAP: trap})
      if (said !== plain) found.push(`${name}: ${said.slice(0, 200)}`)
      const more = readdirSync(trap).filter(file => !file.startsWith('trap.'))
      if (more.length > 0) found.push(`${name} made ${more.join(' ')}`)
    } finally {
      rmSync(trap, {recursive: true})
    }
  }
  assert.deepEqual(found, [])
  tried(t, Object.keys(ofNode).length, 'variables in the environment of the program')
})

describe('of the guest', skipWithoutGuest('namespace'), () => {
  test('no tool gets more than PATH, HOME and LC_ALL, whatever the agent and the context have', async t => {
    if (!requireTool(t, 'strace')) return
    const hostile = ['LD_PRELOAD', 'LD_LIBRARY_PATH', 'BASH_ENV', 'ENV', 'IFS', 'PS4', 'SHELLOPTS', 'TZ']
    const more = [
      'PYTHONPATH',
      'NODE_OPTIONS',
      'GCONV_PATH',
      'LOCPATH',
      'MALLOC_CHECK_',
      'PERL5OPT',
      'TMPDIR',
    ]
    const names = [...hostile, ...more]
    const lines = names.map(name => `${name}='/nowhere'\n`).join('')
    const rest = "USERNAME='joe'\nPASSWORD='hunter2'\nHOSTNAME='web'\nGROW_ROOTFS='NO'\nMINE='seen'\n"
    const net = "ETH0_MAC='02:00:c0:a8:00:05'\nETH0_IP='192.168.0.5'\n"
    await using guest = await startGuest({
      nics: [{name: 'eth0', mac: '02:00:c0:a8:00:05'}],
      disc: {
        label: 'CONTEXT',
        files: {
          'context.sh': `${lines}${rest}${net}`,
          'init.sh': '#!/bin/sh\nenv >/root/environment\n/bin/true\n',
        },
      },
    })
    const trace = join(makeDirectory(t), 'trace')
    const namespaces = ['--target', `${guest.pid}`, '--mount', '--uts', '--ipc', '--net', '--pid', '--']
    const environment = names.filter(name => !name.startsWith('LD_')).map(name => `${name}=/nowhere`)
    const boot = [
      '/usr/bin/env',
      '-i',
      'LD_LIBRARY_PATH=/nowhere',
      ...environment,
      '/usr/sbin/vmcontext',
      'boot',
    ]
    const strace = ['-f', '-v', '-s', '65536', '-qq', '-e', 'trace=execve', '-e', 'signal=none', '-o', trace]
    execFileSync('strace', [...strace, 'nsenter', ...namespaces, ...boot], {stdio: 'pipe'})
    const calls = readFileSync(trace, 'utf8')
      .split('\n')
      .filter(line => line.endsWith(' = 0'))
    const agent = calls.findIndex(line => line.includes('execve("/usr/sbin/vmcontext"'))
    assert.ok(agent >= 0)
    // What the tools themselves start has of them what they hand on; the script's children, what the script has.
    const children = calls.slice(agent + 1).map(readEnvironment)
    assert.ok(children.length >= 5, `${children.length} programs were started`)
    for (const {program, variables} of children) {
      // A script of the context has its variables; and TZ is nothing that leads it astray.
      const isOfScript = variables.includes('MINE=seen')
      const found = variables.map(each => each.split('=')[0]!).filter(name => names.includes(name))
      assert.deepEqual(found, isOfScript ? ['TZ'] : [], `${program}: ${variables.join(' ')}`)
      if (isOfScript) continue
      const own = variables.filter(
        each => each.startsWith('PATH=') || each.startsWith('HOME=') || each.startsWith('LC_ALL='),
      )
      assert.ok(own.length > 0, program)
    }
    const expected = Object.entries(toolEnvironment)
      .map(([name, value]) => `${name}=${value}`)
      .sort()
    const tool = children.find(({program}) => program.endsWith('/mount'))!
    assert.deepEqual(tool.variables.toSorted(), expected)
    const seen = await guest.readFile('/root/environment')
    assert.match(seen, /^MINE=seen$/m)
    assert.deepEqual(
      seen.split('\n').filter(line => line.includes('nowhere')),
      ['TZ=/nowhere'],
    )
    tried(t, children.length, 'programs started with hostile variables around')
    assert.ok(!existsSync('/nowhere'))
  })
})

/** The program and the variables of a call, as strace writes it: execve("/bin/mount", ["mount", …], ["PATH=…", …]) = 0 */
function readEnvironment(line: string): {program: string; variables: string[]} {
  const lists = line.slice(line.indexOf('execve('))
  const program = /execve\("([^"]*)"/.exec(lists)?.[1] ?? ''
  const text = lists.slice(lists.lastIndexOf('], [') + 3, lists.lastIndexOf(']') + 1)
  return {program, variables: [...text.matchAll(/"((?:[^"\\]|\\.)*)"/g)].map(match => match[1]!)}
}
