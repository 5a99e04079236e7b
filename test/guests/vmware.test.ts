// A guest of vCenter's: no disc, and a context in guestinfo. The stand-in for vmtoolsd answers as the real one does
// (services/vmtoolsd/cmdLine.c); a hypervisor of VMware's is nowhere to be had.

import assert from 'node:assert/strict'
import {describe, test} from 'node:test'
import {type Guest, startGuest} from './guest.ts'
import {skipWithoutGuest} from './host.ts'

const nics = [{name: 'eth0', mac: '00:50:56:00:00:05'}]
const vmtoolsd = `#!/bin/sh
[ $# = 2 ] && [ "$1" = --cmd ] || exit 2
echo "$2" >>/root/asked
value=/root/guestinfo/\${2#info-get }
if [ -f "$value" ]; then cat "$value" && echo; else echo 'No value found' >&2 && exit 1; fi
`
const encode = (text: string) =>
  Buffer.from(text)
    .toString('base64')
    .replace(/.{1,60}/g, '$&\n')

async function startOnVmware(context: string, files: Record<string, string> = {}): Promise<Guest> {
  const guest = await startGuest({nics})
  // This machine has no firmware that names a vendor, or another one.
  const firmware = `
    mkdir /root/class && cp -a /sys/class/net /root/class/ && mkdir -p /root/class/block /root/class/dmi/id
    echo 'VMware, Inc.' >/root/class/dmi/id/sys_vendor
    mount --bind /root/class /sys/class`
  await guest.expect(['sh', '-ec', firmware])
  await guest.writeFile('/usr/bin/vmtoolsd', vmtoolsd, 0o755)
  await setContext(guest, context)
  for (const [index, [name, text]] of Object.entries(files).entries())
    await guest.writeFile(`/root/guestinfo/guestinfo.opennebula.file.${index}`, `${name}\n${encode(text)}`)
  return guest
}

async function setContext(guest: Guest, context: string): Promise<void> {
  await guest.writeFile('/root/guestinfo/guestinfo.opennebula.context', encode(context))
}

const init =
  '#!/bin/sh\necho "$MOUNT_DIR $PWD $HOSTNAME $(cat notes.txt)" >>/root/ran\nstat -c "%a %U" . * >/root/modes\n'
const files = {'init.sh': init, 'notes.txt': 'hello'}

describe('a guest of vCenter', skipWithoutGuest('namespace'), () => {
  test('is configured from guestinfo, scripts find the files, and nothing stays', async () => {
    await using guest = await startOnVmware("SET_HOSTNAME='web'\nONEGATE_TOKEN='t0ken-of-the-cloud'\n", files)
    const said = await guest.expect(['vmcontext', 'boot'])
    assert.match(said, /guestinfo\.opennebula \(VMware\), 2 variables/)
    assert.equal(await guest.expect(['hostname']), 'web\n')
    const layout = '/run/vmcontext/guestinfo'
    assert.equal(await guest.readFile('/root/ran'), `${layout} ${layout}  hello\n`)
    assert.equal(await guest.readFile('/root/modes'), '700 root\n600 root\n600 root\n600 root\n')
    assert.equal((await guest.run(['test', '-e', layout])).exitCode, 1)
    const search: [string, ...string[]] = [
      'grep',
      '-rlsE',
      '--exclude=one_env',
      't0ken|c3RvbnBl|dDBrZW4',
      '/run',
      '/var',
      '/etc',
      '/tmp',
    ]
    assert.equal((await guest.run(search)).stdout, '')
  })

  test('takes up a changed guestinfo when the agent runs again', async () => {
    await using guest = await startOnVmware("SET_HOSTNAME='web'\n", files)
    await guest.expect(['vmcontext', 'boot'])
    assert.match(await guest.expect(['vmcontext', 'boot']), /done in this boot already: .*hostname/)
    await setContext(guest, "SET_HOSTNAME='mail'\n")
    await guest.expect(['vmcontext', 'boot'])
    assert.equal(await guest.expect(['hostname']), 'mail\n')
    assert.equal((await guest.readFile('/root/ran')).split('\n').length, 2, 'init.sh ran once')
  })

  test('whose hypervisor does not answer is told from one without a context, and keeps what it has', async () => {
    await using guest = await startOnVmware("SET_HOSTNAME='web'\n")
    await guest.expect(['vmcontext', 'boot'])
    await guest.writeFile('/usr/bin/vmtoolsd', '#!/bin/sh\necho NULL >&2\nexit 1\n', 0o755)
    const {exitCode, stdout} = await guest.run(['vmcontext', 'boot', '--force'])
    assert.equal(exitCode, 1)
    assert.match(
      stdout,
      /guestinfo\.opennebula\.context cannot be read as a context: .*vmtoolsd exited with 1: NULL/,
    )
    assert.equal(await guest.readFile('/etc/hostname'), 'web\n')
  })

  test('the files of a run that was killed are gone after the next, even if that has no context', async () => {
    const script = '#!/bin/sh\ntouch /root/started\nsleep 300\n'
    await using guest = await startOnVmware("SET_HOSTNAME='web'\n", {'init.sh': script})
    const kill =
      'vmcontext boot & until [ -e /root/started ]; do sleep 0.05; done; kill -9 $!; ls /run/vmcontext/guestinfo; pkill -9 sleep'
    assert.match(await guest.expect(['sh', '-c', kill]), /^context\.sh\ninit\.sh$/m)
    await guest.expect(['rm', '-r', '/root/guestinfo'])
    await guest.expect(['vmcontext', 'boot'])
    assert.equal((await guest.run(['ls', '/run/vmcontext/guestinfo'])).stdout, '')
  })

  test('elsewhere than on VMware nobody asks', async () => {
    await using guest = await startOnVmware("SET_HOSTNAME='web'\n")
    await guest.writeFile('/sys/class/dmi/id/sys_vendor', 'QEMU\n')
    assert.match(await guest.expect(['vmcontext', 'boot']), /none: this machine has no drive/)
    assert.equal((await guest.run(['test', '-e', '/root/asked'])).exitCode, 1)
  })
})
