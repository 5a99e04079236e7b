// A context that asks for all that leaves a file behind, with secrets that are known.

import {makeKey} from '../../keys.ts'

export const nics = [{name: 'eth0', mac: '02:00:c0:a8:00:05', wire: ['192.168.0.1/24']}]

export const secrets = {
  password: 'marker-of-Password:7q',
  hash: `$6$saltsaltsalt$${'markerHa'.repeat(10)}./012/`,
  token: 'marker-of-a-token-81c2',
  tokenOfFile: 'marker-of-token.txt-93fe',
  another: 'marker-by-name-of-TOKEN-55aa',
}

export const variables: Readonly<Record<string, string>> = {
  ETH0_MAC: nics[0]!.mac,
  ETH0_IP: '192.168.0.5',
  ETH0_MASK: '255.255.255.0',
  ETH0_DNS: '192.168.0.1',
  SET_HOSTNAME: 'web.example.org',
  USERNAME: 'joe',
  SSH_PUBLIC_KEY: makeKey('joe'),
  TIMEZONE: 'Europe/Berlin',
  SECURETTY: 'NO',
  START_SCRIPT: '#!/bin/sh\necho started\n',
  USER_DATA:
    '#cloud-config\nwrite_files:\n- path: /srv/deep/er/secret\n  permissions: "0600"\n  content: x\n- path: /root/.netrc\n  permissions: "0400"\n  content: x\nruncmd:\n- echo ran\n',
  VMID: '42',
  REPORT_READY: 'YES',
  ONEGATE_ENDPOINT: 'http://192.168.0.1:5030',
  ONEGATE_TOKEN: secrets.token,
  MY_TOKEN: secrets.another,
  RETRY_COUNT: '1',
  RETRY_WAIT_PERIOD: '1',
}

export const discFiles = {'token.txt': `${secrets.tokenOfFile}\n`, 'init.sh': '#!/bin/sh\necho init\n'}
