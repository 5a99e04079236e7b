// What the kernel itself does about IPv6 on a link (Documentation/networking/ip-sysctl.rst), told before the link comes
// up. Not by `accept_ra` and `autoconf`: these are options of ifupdown from 0.7 on, and of nobody else. None of it ever
// costs the interface its addresses: a kernel without IPv6 has no such files, nor has a link with an MTU below 1280.

import type {Ipv6} from '../model.ts'
import {restoreCommands} from '../restore-ipv6.ts'

/** The command for what a NIC shall have of IPv6. */
export function setUpIpv6(device: string, {method, metric}: Ipv6): string {
  if (method === 'disable') return disableIpv6(device)
  // Off and on again: a router may have been heard already, in a stanza of somebody else's or before the boot.
  if (method === 'static')
    return within(device, ['echo 1 >disable_ipv6', ...routers(0), 'echo 0 >disable_ipv6'])
  const ofRouter =
    metric === undefined ? [] : [`[ ! -e ra_defrtr_metric ] || echo ${metric} >ra_defrtr_metric`]
  // 2, not 1: a guest that forwards (one with containers) shall have its default route too.
  return within(device, ['echo 0 >disable_ipv6', ...routers(2, 1), ...ofRouter])
}

export function disableIpv6(device: string): string {
  return within(device, ['echo 1 >disable_ipv6'])
}

/**
 * The command that leaves the link as the kernel makes it, for whoever defines it next. It takes the addresses along:
 * neither `inet6 manual` nor busybox takes the link down.
 */
export function restoreIpv6(device: string): string {
  return within(device, restoreCommands)
}

/** Where a command finds what it sets; with the blank behind it no other device is meant. */
export function settingsOf(device: string): string {
  return `/proc/sys/net/ipv6/conf/${device} `
}

function routers(accept: number, autoconf: number = accept): string[] {
  return [`echo ${accept} >accept_ra`, `echo ${autoconf} >autoconf`]
}

function within(device: string, commands: readonly string[]): string {
  return `cd ${settingsOf(device)}2>/dev/null && { ${commands.join('; ')}; } || true`
}
