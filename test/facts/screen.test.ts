import assert from 'node:assert/strict'
import {test} from 'node:test'
import {readScreen} from '../../src/facts/screen.ts'
import {openSystem} from '../../src/system/system.ts'
import {makeDirectory} from '../temporary.ts'

const blank = 'sys/module/kernel/parameters/consoleblank'

const cases: [what: string, files: Record<string, string>, goesDark: boolean][] = [
  ['never goes dark by itself', {[blank]: '0\n'}, false],
  ['is none, as the kernel has no console', {}, false],
  ['goes dark, as before Linux 4.12', {[blank]: '600\n', 'proc/cmdline': 'quiet\n'}, true],
  [
    'goes dark because somebody wants it',
    {[blank]: '60\n', 'proc/cmdline': 'quiet consoleblank=60\n'},
    false,
  ],
  ['is that of the host', {[blank]: '600\n', 'run/systemd/container': 'lxc\n'}, false],
  [
    'is that of the host, says LXC',
    {[blank]: '600\n', 'proc/1/environ': 'TERM=linux\0container=lxc\0'},
    false,
  ],
]

for (const [what, files, goesDark] of cases) {
  test(`the screen ${what}`, t => {
    const root = makeDirectory(t, files)
    const system = openSystem(root)
    // A character device that everybody may have.
    const status = (path: string) =>
      path === '/dev/tty0' ? openSystem('/').files.status('/dev/null') : system.files.status(path)
    const live = {...system, live: true, files: {...system.files, status}}
    assert.equal(readScreen(live, new Map()).goesDark, goesDark)
    assert.deepEqual(readScreen(system, new Map()), {isContainer: false, goesDark: false}, 'on another root')
  })
}
