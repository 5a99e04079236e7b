// The init scripts and units: what each calls the agent with and when, that no boot fails by them, and where the
// distribution's own tools put them.

import assert from 'node:assert/strict'
import {mkdir, mkdtemp, rm, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {dirname, join} from 'node:path'
import {describe, test} from 'node:test'
import {execa} from 'execa'
import {
  assembleHotPlug,
  assembleInitScript,
  assembleOpenrcScript,
  families,
  hotPlugPath,
  type ScriptStage,
  scriptNames,
  writeInitFiles,
} from '../../packaging/init-scripts.ts'
import {type Guest, startGuest} from './guest.ts'
import {skipWithout, skipWithoutGuest} from './host.ts'

const guests = skipWithoutGuest('namespace')
const stages: readonly ScriptStage[] = ['local', 'final']

describe('every init script', () => {
  const scripts: [name: string, assemble: () => Promise<string>][] = [
    ...families.flatMap(family =>
      stages.map((stage): [string, () => Promise<string>] => {
        return [`${family} ${stage}`, () => assembleInitScript(family, stage)]
      }),
    ),
    ...stages.map((stage): [string, () => Promise<string>] => {
      return [`OpenRC ${stage}`, () => assembleOpenrcScript(stage)]
    }),
    ['hot-plug', assembleHotPlug],
  ]
  for (const [name, assemble] of scripts) {
    test(`${name} is clean to sh and shellcheck`, skipWithout('shellcheck'), async () => {
      const input = await assemble()
      await execa('sh', ['-n'], {input})
      const {stdout} = await execa('shellcheck', ['--shell=sh', '-'], {input, reject: false})
      assert.equal(stdout, '')
    })
  }
})

/** An agent that says how it was called and ends as it is told. */
const agent = (exitCode = 0) => `#!/bin/sh\necho "agent: $*"\nexit ${exitCode}\n`

/** Starts a guest that has one init script, both of them, or another agent. */
async function startWithScripts(scripts: readonly ScriptStage[], standIn = agent()): Promise<Guest> {
  const guest = await startGuest({agent: null})
  for (const stage of scripts) {
    await guest.writeFile(
      `/etc/init.d/${scriptNames[stage]}`,
      await assembleInitScript('debian', stage),
      0o755,
    )
  }
  await guest.writeFile('/usr/sbin/vmcontext', standIn, 0o755)
  return guest
}

const localScript = '/etc/init.d/vmcontext.sh'
const finalScript = '/etc/init.d/vmcontext-final.sh'

for (const shell of [['dash'], ['busybox', 'sh']] as const) {
  describe(`an init script run by ${shell.join(' ')}`, guests, () => {
    /** Runs a script that must exit 0, and gives what it said. */
    async function start(
      guest: Guest,
      script = localScript,
      verb = ['start'],
      environment = {},
    ): Promise<string> {
      return guest.expect([...shell, script, ...verb], {environment})
    }

    test('does both stages where it is the only one', async () => {
      await using guest = await startWithScripts(['local'])
      assert.equal(await start(guest), 'agent: boot --no-verify\n')
      assert.equal(await start(guest, localScript, []), 'agent: boot --no-verify\n')
      assert.equal(await start(guest, localScript, ['start'], {runlevel: '2'}), 'agent: boot --no-verify\n')
    })

    test('leaves the last stage to runlevel 2 while the network is still to come', async () => {
      await using guest = await startWithScripts(['local'])
      assert.equal(
        await start(guest, localScript, ['start'], {runlevel: 'S'}),
        'agent: boot --stage local --no-verify\n',
      )
    })

    test('leaves the last stage to the final script where that one is enabled', async () => {
      await using guest = await startWithScripts(['local', 'final'])
      assert.equal(await start(guest), 'agent: boot --no-verify\n')
      await guest.expect(['ln', '-s', '../init.d/vmcontext-final.sh', '/etc/rc2.d/S03vmcontext-final.sh'])
      assert.equal(await start(guest), 'agent: boot --stage local --no-verify\n')
      assert.equal(await start(guest, finalScript), 'agent: boot --stage final --no-verify\n')
      await writeReport(guest, 'of an earlier boot')
      assert.equal(await start(guest), 'agent: boot --stage local --no-verify\n', '/run may outlive a boot')
      await writeReport(guest)
      assert.equal(await start(guest), '')
    })

    test('does nothing when stopped or restarted', async () => {
      await using guest = await startWithScripts(['local', 'final'])
      for (const verb of ['stop', 'restart', 'reload', 'force-reload', 'try-restart', 'nonsense']) {
        assert.equal(await start(guest, localScript, [verb]), '')
        assert.equal(await start(guest, finalScript, [verb]), '')
      }
    })

    test('says whether it ran', async () => {
      await using guest = await startWithScripts(['local'])
      const idle = await guest.run([...shell, localScript, 'status'])
      assert.deepEqual([idle.exitCode, idle.stdout], [3, 'vmcontext: has not run in this boot\n'])
      await writeReport(guest)
      assert.match(await start(guest, localScript, ['status']), /^vmcontext: ran in this boot/)
    })

    test('lets the boot go on whatever the agent does', async () => {
      await using guest = await startWithScripts(['local'], agent(1))
      assert.match(
        await start(guest),
        /^vmcontext: boot ended with exit code 1; see \/var\/log\/vmcontext\.log$/m,
      )
      await guest.expect(['chmod', '-x', '/usr/sbin/vmcontext'])
      assert.match(await start(guest), /^vmcontext: nothing done: \/usr\/sbin\/vmcontext is missing/)
    })

    test('ends an agent that hangs', async () => {
      await using guest = await startWithScripts(['local'], '#!/bin/sh\nexec sleep 600\n')
      const script = await guest.readFile(localScript)
      // Six seconds instead of sixty, five of which are for an agent that has to be killed.
      await guest.writeFile(localScript, script.replaceAll('run_agent 60 ', 'run_agent 6 '), 0o755)
      const said = await start(guest, localScript, ['start'], {runlevel: 'S'})
      assert.match(
        said,
        /^vmcontext: boot --stage local was ended after 6 seconds; see \/var\/log\/vmcontext\.log$/m,
      )
    })

    test('does nothing where the root is still read-only', async () => {
      await using guest = await startWithScripts(['local'])
      await guest.expect(['mount', '-o', 'remount,ro', '/'])
      assert.match(await start(guest), /^vmcontext: nothing done: the root file system is still read-only/)
    })

    test('does nothing before /sys and /proc are there', async () => {
      await using guest = await startWithScripts(['local'])
      await guest.expect(['umount', '--lazy', '/sys'])
      assert.match(await start(guest), /^vmcontext: nothing done: \/sys\/class\/net is not there yet/)
      await guest.expect(['umount', '--lazy', '/proc'])
      assert.match(await start(guest), /^vmcontext: nothing done: \/proc is not mounted yet/)
    })
  })
}

describe('insserv', guests, () => {
  test('orders the script before networking and once more into runlevel 2', async () => {
    await using guest = await startWithScripts(['local', 'final'])
    await guest.expect(['insserv', 'vmcontext.sh'])
    await guest.expect(['insserv', 'vmcontext-final.sh'])
    const boot = await guest.readFile('/etc/init.d/.depend.boot')
    assert.match(boot, /^networking:.* vmcontext\.sh/m)
    assert.match(boot, /^vmcontext\.sh:.* mountall-bootclean\.sh/m)
    const start = await guest.readFile('/etc/init.d/.depend.start')
    assert.match(start, /^TARGETS = .*vmcontext\.sh.*/m)
    assert.match(start, /^vmcontext-final\.sh:.* vmcontext\.sh/m)
    assert.match(start, /^vmcontext-final\.sh:.* ssh/m)
  })

  test("takes up the manual's link if it is a symbolic one", async () => {
    await using guest = await startWithScripts(['local'])
    await guest.expect(['ln', '-s', '../init.d/vmcontext.sh', '/etc/rc2.d/S01vmcontext.sh'])
    await guest.expect(['insserv'])
    assert.match(await guest.readFile('/etc/init.d/.depend.start'), /^TARGETS = .*vmcontext\.sh.*/m)
    assert.doesNotMatch(await guest.readFile('/etc/init.d/.depend.boot'), /vmcontext/)
  })
})

describe('the systemd units', () => {
  test('are what systemd understands', skipWithout('systemd-analyze'), async () => {
    const root = await mkdtemp(join(tmpdir(), 'vmcontext-units-'))
    try {
      await writeInitFiles(join(root, 'init'))
      for (const path of ['usr/sbin/vmcontext', 'bin/true', hotPlugPath]) {
        await mkdir(dirname(join(root, path)), {recursive: true})
        await writeFile(join(root, path), agent(), {mode: 0o755})
      }
      const units = [
        ...['vmcontext.service', 'vmcontext-local.service', 'vmcontext-final.service'],
        ...['vmcontext-reconfigure.path', 'vmcontext-reconfigure.service'],
      ]
      const directory = join(root, 'etc/systemd/system')
      await mkdir(directory, {recursive: true})
      for (const unit of units) await execa('cp', [join(root, 'init/systemd', unit), directory])
      // What the units lean on, whatever systemd this machine has.
      for (const target of ['sysinit', 'basic', 'paths', 'shutdown', 'network-pre', 'network']) {
        await writeFile(join(directory, `${target}.target`), '[Unit]\nDefaultDependencies=no\n')
      }
      // It exits 0 for a setting that it ignores, but says so.
      const {all} = await execa('systemd-analyze', ['verify', `--root=${root}`, ...units], {
        all: true,
        reject: false,
      })
      assert.equal(all, '')
    } finally {
      await rm(root, {recursive: true})
    }
  })
})

/** A report as the agent writes it, of this boot unless another one is named. */
async function writeReport(guest: Guest, boot?: string): Promise<void> {
  const bootId = boot ?? (await guest.readFile('/proc/sys/kernel/random/boot_id')).trim()
  await guest.writeFile('/run/vmcontext/report.json', `${JSON.stringify({version: 1, bootId}, null, 2)}\n`)
}
