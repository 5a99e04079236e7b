// What systemd-networkd can be told and netplan cannot say: a drop-in to the file that netplan makes,
// systemd.network(5), [IPv6AcceptRA].

import type {Nic} from '../model.ts'
import {dynamicMetric} from './ip.ts'

/** `id`: that of the entry in netplan's file; netplan makes `10-netplan-ID.network` of it. */
export function dropInPath(id: string): string {
  return `/etc/systemd/network/10-netplan-${id}.network.d/vmcontext.conf`
}

/** The text of the drop-in; undefined where netplan can say all. */
export function formatDropIn({ipv6}: Nic): string | undefined {
  const metric = dynamicMetric(ipv6)
  const lines = [
    // Otherwise networkd asks a DHCPv6 server as soon as the router says so.
    ...(ipv6?.method === 'auto' ? ['DHCPv6Client=no'] : []),
    ...(metric === undefined ? [] : [`RouteMetric=${metric}`]),
  ]
  return lines.length === 0 ? undefined : `${head}[IPv6AcceptRA]\n${lines.join('\n')}\n`
}

const head = '# vmcontext: netplan has no words for this\n'
