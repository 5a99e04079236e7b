// What each step is for, and what wakes it where nothing asks for it.

import type {StepName} from '../steps.ts'

export type StepPurpose = {
  /** A sentence that stands behind "The step … takes it:" as well. */
  purpose: string
  /** Completes "It would wake up with …". */
  wakes: string
  /** Settings of vmcontext.conf(5) that have a say. */
  settings?: readonly string[]
}

const scriptSettings = ['SCRIPT_TIMEOUT'] as const

export const stepPurposes: Readonly<Record<StepName, StepPurpose>> = {
  network: {
    purpose:
      'it writes the files of whatever configures the network here, so that each card gets its addresses.',
    wakes: 'ETHx_ or PCIx_ variables, or cards whose MACs carry addresses',
    settings: [
      'MAC_PREFIX',
      'MAC_RULE',
      'NETMASK',
      'GATEWAY',
      'NETCFG_TYPE',
      'NETCFG_NETPLAN_RENDERER',
      'NIC_WAIT',
    ],
  },
  hostname: {
    purpose: 'it names the guest, now and at every boot, and puts the name into /etc/hosts.',
    wakes: 'SET_HOSTNAME',
  },
  account: {purpose: 'it creates the account that keys and scripts are for.', wakes: 'USERNAME'},
  keys: {
    purpose: 'it installs ssh keys, and revokes those that are no longer asked for.',
    wakes: 'SSH_PUBLIC_KEY',
  },
  password: {purpose: 'it sets the password of the account.', wakes: 'CRYPTED_PASSWORD_BASE64'},
  sudo: {
    purpose: 'it lets the account do everything as root, or no longer.',
    wakes: 'USERNAME and USERNAME_SUDO',
  },
  'host-keys': {
    purpose: 'it makes the keys of the ssh server, where it has none.',
    wakes: 'an ssh server without host keys',
  },
  'time-zone': {purpose: 'it sets the time zone.', wakes: 'TIMEZONE'},
  console: {
    purpose: 'it says on which terminals root may log in, and keeps the screen lit.',
    wakes: 'SECURETTY',
  },
  onegate: {
    purpose: 'it keeps what the tool onegate reads.',
    wakes: 'ONEGATE_ENDPOINT, and TOKEN=YES in the template',
  },
  disks: {
    purpose: 'it lets file systems fill disks that have grown.',
    wakes: 'a disk with free space behind its last partition',
  },
  swap: {purpose: 'it turns on swap that is there.', wakes: 'a disk with swap on it, and no IGNORE_SWAP'},
  mounts: {
    purpose: 'it mounts directories that the host shares.',
    wakes: 'DISKx_MOUNT_TAG and DISKx_MOUNT_POINT',
  },
  'local-hooks': {
    purpose: 'it runs the hooks of the image, before the network.',
    wakes: 'a script in /etc/vmcontext.d/local',
    settings: scriptSettings,
  },
  online: {
    purpose: 'it waits for the network, if something of the context needs it.',
    wakes: 'a step that needs the network',
    settings: ['ONLINE_WAIT'],
  },
  'dns-name': {
    purpose: 'it asks the name servers for the name of this guest.',
    wakes: 'DNS_HOSTNAME=YES, with no SET_HOSTNAME',
  },
  'user-data': {
    purpose: 'it writes the files and runs the commands of USER_DATA, once for a VM.',
    wakes: 'USER_DATA',
    settings: scriptSettings,
  },
  'start-script': {
    purpose: 'it runs START_SCRIPT, at every boot or once for a VM.',
    wakes: 'START_SCRIPT_BASE64 or START_SCRIPT',
    settings: scriptSettings,
  },
  scripts: {
    purpose: 'it runs scripts that lie on the disc.',
    wakes: 'INIT_SCRIPTS, or an init.sh on the disc',
    settings: scriptSettings,
  },
  'final-hooks': {
    purpose: 'it runs the hooks of the image, after the scripts.',
    wakes: 'a script in /etc/vmcontext.d/final',
    settings: scriptSettings,
  },
  ready: {
    purpose: 'it tells OneGate that the guest is ready, once every step has succeeded.',
    wakes: 'REPORT_READY=YES',
    settings: ['READY_CA', 'READY_TIMEOUT'],
  },
}
