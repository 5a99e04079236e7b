import assert from 'node:assert/strict'
import {test} from 'node:test'
import {parseTrace} from './trace.ts'

const text = `
10 1000.000000 execve("/usr/bin/nsenter", ["nsenter", "--", "agent", "a b \\"c\\""], 0x7f /* 2 vars */) = 0 <0.001>
10 1000.100000 clone(child_stack=NULL, flags=CLONE_CHILD_SETTID|SIGCHLD, child_tidptr=0x7f) = 5 /* 11 in strace's PID NS */ <0.000100>
11 1000.200000 execve("/usr/sbin/agent", ["agent", "boot"], 0x7f /* 2 vars */ <unfinished ...>
10 1000.200500 wait4(-1,  <unfinished ...>
11 1000.201000 <... execve resumed>)   = 0 <0.000900>
11 1000.210000 clone3({flags=CLONE_VM|CLONE_THREAD|CLONE_SETTLS, stack_size=0x7f} => {parent_tid=[6]}, 88 <unfinished ...>
12 1000.210100 futex(0x1, FUTEX_WAIT_PRIVATE, 2, NULL <unfinished ...>
11 1000.210200 <... clone3 resumed>) = 6 /* 12 in strace's PID NS */ <0.000200>
12 1000.211000 <... futex resumed>) = 0 <0.000900>
12 1000.212000 openat(AT_FDCWD, "/etc/hosts (old)", O_RDONLY|O_CLOEXEC) = 3 <0.000100>
11 1000.213000 statx(AT_FDCWD, "/etc/none", AT_STATX_SYNC_AS_STAT, STATX_ALL, 0x7f) = -1 ENOENT (No such file or directory) <0.000050>
11 1000.213100 write(3, "/etc/is no path", 15) = 15 <0.000050>
11 1000.220000 vfork( <unfinished ...>
13 1000.221000 execve("/usr/bin/mount", ["mount", "/mnt"], 0x7f /* 3 vars */) = 0 <0.000500>
11 1000.221500 <... vfork resumed>) = 7 /* 13 in strace's PID NS */ <0.001500>
13 1000.230000 exit_group(0) = ?
13 1000.230100 +++ exited with 0 +++
11 1000.231000 --- SIGCHLD {si_signo=SIGCHLD, si_code=CLD_EXITED, si_pid=7} ---
11 1000.240000 +++ exited with 0 +++
`

const [enter, agent, mount, ...more] = parseTrace(text)

test('a process is known by what it ran last, and by its parent', () => {
  assert.deepEqual(enter?.argv, ['nsenter', '--', 'agent', 'a b \\"c\\"'])
  assert.deepEqual(agent?.argv, ['agent', 'boot'])
  assert.deepEqual(mount?.argv, ['mount', '/mnt'])
  assert.deepEqual([enter?.parent, agent?.parent, mount?.parent], [undefined, 10, 11])
})

test('a thread is no process, even one that is heard before it is known', () => {
  assert.deepEqual(more, [])
  assert.equal(agent?.threads, 2)
  assert.equal(agent?.calls.futex?.count, 1)
})

test('a call told in two lines is one call', () => {
  assert.equal(agent?.calls.execve?.count, 1)
  assert.equal(agent?.calls.vfork?.count, 1)
  assert.ok(Math.abs(agent.calls.vfork.ms - 1.5) < 1e-9)
})

test('paths are told with what came of them, and bytes are none', () => {
  assert.deepEqual(
    agent?.paths.toSorted((one, other) => (one.path < other.path ? -1 : 1)),
    [
      {call: 'openat', path: '/etc/hosts (old)', failed: false},
      {call: 'statx', path: '/etc/none', failed: true},
    ],
  )
})

test('a child lives from its birth to its end', () => {
  assert.deepEqual([mount?.startedMs, mount?.endedMs], [1000221, 1000230.1])
})
