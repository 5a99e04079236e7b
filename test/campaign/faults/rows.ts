// Faults of the surroundings, a row each: how it is made, what it may cost, and what is said of it. Whatever a row does not
// name as cost is done all the same.

import type {StepName} from '../../../src/steps.ts'
import {allSteps} from './live-guest.ts'

export type Row = {
  name: string
  /** Shell lines that make the fault. */
  make?: string
  /** The command line of the boot. Default: `vmcontext boot`. */
  boot?: string
  /** Words of strace that make it from outside. */
  strace?: readonly string[]
  /** The steps that may stay undone; each of them is then told of as failed. */
  costs?: readonly StepName[]
  /** What the console says; with `isMute` there is nobody to say it to. */
  says?: RegExp
  isMute?: true
  /** The disc stays mounted until the next boot. */
  leavesMount?: true
  /** What it comes to is no fault (contract §1): a guest without a disc. */
  isNormal?: true
  /** Only a restart of the machine would end it. */
  isLasting?: true
  /** Shell lines that end the fault. */
  mend?: string
  /** It waits for a timeout that no setting shortens: in the campaign alone. */
  isSlow?: true
}

const all = allSteps
const ofAccount: readonly StepName[] = ['account', 'keys', 'password', 'sudo']

/** Puts a program in the place of another one, which is kept. */
const replace = (path: string, text: string) =>
  `mv ${path} ${path}.kept; printf '%s\\n' '#!/bin/sh' ${text
    .split('\n')
    .map(line => `'${line}'`)
    .join(' ')} >${path}; chmod 755 ${path}`
const giveBack = (path: string) => `mv -f ${path}.kept ${path}`

type Tool = Pick<Row, 'says' | 'leavesMount'> & {path: string; costs: readonly StepName[]}

const tools: readonly Tool[] = [
  {path: '/usr/sbin/useradd', costs: ofAccount},
  {path: '/usr/sbin/chpasswd', costs: ['password']},
  {path: '/usr/sbin/visudo', costs: ['sudo']},
  {path: '/usr/bin/ssh-keygen', costs: ['host-keys']},
  {path: '/bin/bash', costs: ['scripts']},
  {path: '/usr/bin/mount', costs: all},
  {path: '/usr/bin/umount', costs: [], says: /the disc is still mounted at \/mnt/, leavesMount: true},
]

/** How a tool goes wrong. */
const ways: readonly {way: string; text?: string; isSlow?: true}[] = [
  {way: 'is missing'},
  {way: 'exits with 1', text: 'echo no luck >&2\nexit 1'},
  {way: 'is killed', text: 'kill -9 $$'},
  {way: 'prints a megabyte and exits with 1', text: 'head -c 1000000 /dev/zero | tr "\\\\0" x\nexit 1'},
  {way: 'leaves a daemon that holds its output, and exits with 1', text: 'sleep 60 &\nexit 1'},
  {way: 'hangs', text: 'exec sleep 600', isSlow: true},
]

const toolRows = tools.flatMap(({path, costs, ...rest}) =>
  ways.map(({way, text, isSlow}): Row => {
    const name = path.replace(/.*\//, '')
    const make = text === undefined ? `mv ${path} ${path}.kept` : replace(path, text)
    // Making keys of RSA takes seconds: only where they are what it is about.
    const withoutKeys = name === 'ssh-keygen' ? 'rm -f /etc/ssh/ssh_host_*; ' : ''
    return {
      name: `${name} ${way}`,
      make: `${withoutKeys}${make}`,
      costs,
      ...rest,
      mend: giveBack(path),
      ...(isSlow && {isSlow}),
    }
  }),
)

const readOnly = (path: string) => `mount --bind ${path} ${path} && mount -o remount,bind,ro ${path}`

const placeRows: readonly Row[] = [
  {name: 'no /tmp', make: 'rm -rf /tmp', mend: 'mkdir -m 1777 /tmp'},
  {name: 'no /run', make: 'umount -l /run; rm -rf /run'},
  {
    name: '/run is read-only',
    make: 'mount -o remount,ro /run',
    says: /\/run\/vmcontext.*read-only/,
    mend: 'mount -o remount,rw /run',
  },
  {
    name: '/run is full',
    make: 'umount -l /run; mount -t tmpfs -o size=4k run /run; head -c 4096 /dev/zero >/run/filler',
    says: /\/run\/vmcontext.*the disk is full/,
    mend: 'rm /run/filler; mount -o remount,size=1m /run',
  },
  {name: '/var is a link', make: 'cp -a /var /srv/var && rm -rf /var && ln -s srv/var /var'},
  {
    name: '/var is read-only',
    make: readOnly('/var'),
    costs: [...all],
    says: /records could not be kept: the file system is read-only/,
    mend: 'umount -l /var',
  },
  {name: 'no /var', make: 'mv /var /var.kept', mend: 'rm -rf /var; mv /var.kept /var'},
  {
    name: '/etc is read-only',
    make: readOnly('/etc'),
    costs: ['network', 'hostname', 'account', 'password', 'keys', 'sudo', 'host-keys', 'time-zone'],
    says: /read-only/,
    mend: 'umount -l /etc',
  },
  {
    name: '/home is read-only',
    make: readOnly('/home'),
    costs: ofAccount,
    says: /\/home\/joe.*read-only|read-only.*\/home/,
    mend: 'umount -l /home',
  },
  {
    name: 'the whole root is read-only',
    make: 'mount -o remount,ro /',
    costs: all,
    says: /read-only/,
    mend: 'mount -o remount,rw /',
  },
  {name: '/proc is absent', make: 'umount -l /proc', costs: all, mend: 'mount -t proc proc /proc'},
  {name: '/sys is absent', make: 'umount -l /sys', costs: all, says: /\/sys is not mounted/, isLasting: true},
  {
    name: '/dev/null is missing',
    make: 'mv /dev/null /dev/kept',
    costs: [],
    mend: 'mv -f /dev/kept /dev/null',
  },
  {name: '/dev/urandom and /dev/random are missing', make: 'rm /dev/urandom /dev/random'},
  {
    name: 'a file that may not be changed',
    // The root is an overlay, and takes the flag only for a file that has been written to.
    make: 'touch /etc/network/interfaces && chattr +i /etc/network/interfaces',
    costs: ['network'],
    says: /\/etc\/network\/interfaces/,
    mend: 'chattr -i /etc/network/interfaces',
  },
  {
    name: '/etc/hosts is mounted, as in a container',
    make: readOnly('/etc/hosts'),
    costs: ['hostname'],
    says: /\/etc\/hosts: it is in use/,
    mend: 'umount -l /etc/hosts',
  },
]

/** The pages that /etc has left: from none to as many as a boot needs. */
const fullRows = [0, 1, 2, 3, 4, 5, 6, 8, 10, 12, 14, 17, 20, 24, 28].map(
  (pages): Row => ({
    name: `/etc has ${pages} pages left`,
    make: `cp -a /etc /srv/etc && mount -t tmpfs -o mode=755,size=64m etc /etc && cp -a /srv/etc/. /etc/ && mount -o remount,size=$(( $(df -Pk /etc | tail -1 | tr -s ' ' | cut -d' ' -f3) + ${4 * pages} ))k /etc`,
    costs: ['network', 'hostname', 'account', 'password', 'keys', 'sudo', 'host-keys', 'time-zone'],
    mend: 'mount -o remount,size=64m /etc',
  }),
)

const streams = [0, 1, 2, 3, 4, 5, 6, 7]
const closing = (mask: number) => ['<&-', '>&-', '2>&-'].filter((_, bit) => mask & (1 << bit)).join(' ')

const startRows: readonly Row[] = [
  ...streams.map(
    (mask): Row => ({
      name: `started with ${closing(mask) || 'all streams'}`,
      boot: `vmcontext boot ${closing(mask)}`,
      ...(mask & 2 && {isMute: true}),
    }),
  ),
  {name: 'the console is full', boot: 'vmcontext boot >/dev/full 2>/dev/full', isMute: true},
  {
    name: 'nobody reads the console',
    boot: '{ vmcontext boot; echo $? >/srv/code; } | :; sleep 0; until [ -s /srv/code ]; do :; done; exit $(cat /srv/code)',
    isMute: true,
  },
  {name: 'no environment', boot: 'exec env -i /usr/sbin/vmcontext boot'},
  {
    name: 'a locale that there is not',
    boot: 'LANG=xx_XX.bogus LC_ALL=xx_XX.bogus TZ=Mars/Phobos exec vmcontext boot',
  },
  {
    name: 'an environment that means ill',
    boot: 'NODE_OPTIONS=--no-such-thing BASH_ENV=/nowhere ENV=/nowhere PATH=/nowhere HOME=/nowhere exec /usr/sbin/vmcontext boot',
  },
  {
    name: 'the working directory is gone',
    boot: 'mkdir /srv/gone; cd /srv/gone; rmdir /srv/gone; exec vmcontext boot',
  },
  {name: 'umask 0777', boot: 'umask 0777; exec vmcontext boot'},
  {name: 'umask 0', boot: 'umask 0; exec vmcontext boot'},
  {name: '40 open files', boot: 'ulimit -n 40; exec vmcontext boot', costs: all},
  {name: '24 open files', boot: 'ulimit -n 24; exec vmcontext boot', costs: all},
  {name: 'files of 512 bytes', boot: 'ulimit -f 1; exec vmcontext boot', costs: all, isMute: true},
  {name: 'files of 8 KiB', boot: 'ulimit -f 16; exec vmcontext boot', costs: all},
  {name: 'the lowest priority', boot: 'exec nice -n 19 vmcontext boot'},
  {
    name: 'started twice at once',
    boot: 'vmcontext boot >/srv/first 2>&1 & vmcontext boot >/srv/second 2>&1; wait $!; exit 0',
    isMute: true,
  },
  {
    name: 'the disc was read by an agent that was killed',
    make: 'mkdir -p /run/vmcontext; echo "{\\"pid\\":999999}" >/run/vmcontext/lock; echo "{" >/run/vmcontext/report.json; echo "{" >/run/vmcontext/boot.json',
  },
]

/** The disc alone: what loads a program reads likewise. */
const onDisc = (what: string) => ['-P', '/dev/sr0', ...inject('pread64', what)]

const inject = (call: string, what: string) => ['-e', `trace=${call}`, '-e', `inject=${call}:${what}`]

/** What only the kernel can do. Of each thread the calls are counted anew. */
const kernelRows: readonly Row[] = [
  ...[1, 2, 3].map(
    (count): Row => ({
      name: `reading the disc fails, read ${count}`,
      strace: onDisc(`error=EIO:when=${count}+`),
      costs: all,
    }),
  ),
  {name: 'the medium is taken out', strace: onDisc('error=ENOMEDIUM:when=1+'), costs: all, isNormal: true},
  {name: 'the drive is gone', strace: onDisc('error=ENXIO:when=1+'), costs: all, isNormal: true},
  {
    name: 'mount(2) fails',
    strace: inject('mount', 'error=EIO'),
    costs: all,
    says: /cannot be read as a context: mount exited with 32: mount: .*sr0/,
  },
  {
    name: 'umount(2) says busy',
    strace: inject('umount2', 'error=EBUSY'),
    leavesMount: true,
    says: /still mounted at \/mnt/,
  },
  {
    name: 'no process can be made',
    strace: inject('clone,clone3,vfork,fork', 'error=EAGAIN:when=8+'),
    costs: all,
  },
  {name: 'randomness is late', strace: inject('getrandom', 'delay_enter=300000:when=1..4')},
  {name: 'a program cannot be started', strace: inject('execve', 'error=ENOMEM:when=3+'), costs: all},
  ...['TERM', 'HUP', 'INT'].flatMap(signal =>
    [40, 120, 200].map(
      (count): Row => ({
        name: `SIG${signal} at the ${count}th file`,
        strace: inject('openat', `signal=${signal}:when=${count}`),
        costs: all,
      }),
    ),
  ),
]

export const rows: readonly Row[] = [...toolRows, ...placeRows, ...fullRows, ...startRows, ...kernelRows]
