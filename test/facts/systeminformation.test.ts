// Why the boot path reads /sys/class/net itself: systeminformation sees no NIC that is down, which at S01 is every one.
// If this test fails one day, src/facts/network/links.ts may be reconsidered.

import assert from 'node:assert/strict'
import {execFileSync} from 'node:child_process'
import {join} from 'node:path'
import {test} from 'node:test'
import {requireRoot, requireTool} from '../tools.ts'

test('systeminformation lists no NIC that is down', t => {
  if (!requireRoot(t) || !requireTool(t, 'ip') || !requireTool(t, 'unshare')) return
  const look = `
    const links = await (await import('systeminformation')).networkInterfaces()
    console.log(JSON.stringify(links.map(link => link.iface)))`
  const script =
    'ip link add eth0 type veth peer name eth1 && ip -br link show eth0 && exec "$0" --input-type=module -e "$1"'
  const args = ['--net', 'sh', '-c', script, process.execPath, look]
  const output = execFileSync('unshare', args, {encoding: 'utf8', cwd: join(import.meta.dirname, '../..')})
  assert.match(output, /^eth0/, 'the kernel has the NIC')
  assert.match(output, /^\[\]$/m)
})
