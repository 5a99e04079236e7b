// Everything that sealing knows, in the order in which it is looked for, shown and done. What came from a context is
// given back first, so that the rest sees the tree as it will be.

import type {Operation} from './operation.ts'
import {caches, mail, packageLeftovers} from './operations/caches.ts'
import {cloudInit} from './operations/cloud-init.ts'
import {context} from './operations/context.ts'
import {credentials, histories, knownHosts} from './operations/homes.ts'
import {hostId} from './operations/host-id.ts'
import {crontabs, jobs} from './operations/jobs.ts'
import {dhcpLeases, dhcpServer} from './operations/leases.ts'
import {authorizedKeys, passwords, privateKeys} from './operations/logins.ts'
import {logs} from './operations/logs.ts'
import {machineId} from './operations/machine-id.ts'
import {
  certificates,
  domain,
  firewall,
  kerberosServer,
  kubernetes,
  people,
  tunnels,
} from './operations/memberships.ts'
import {bluetooth, macAddresses, networkManager, networkNames} from './operations/network-identity.ts'
import {oneContext} from './operations/one-context.ts'
import {accountBackups, crashes, installer} from './operations/passwords.ts'
import {configurationManagement, otherClouds, serverIds, subscriptions} from './operations/registrations.ts'
import {credentialSecret, randomSeed, tpm} from './operations/seeds.ts'
import {sshHostKeys} from './operations/ssh-host-keys.ts'
import {blkid, iscsi, multipath, nvme} from './operations/storage-identity.ts'
import {runFiles, temporary} from './operations/temporary.ts'

export const operations: readonly Operation[] = [
  context,
  ...[cloudInit, oneContext],
  ...[machineId, sshHostKeys, randomSeed, dhcpLeases, networkNames, macAddresses, networkManager],
  ...[iscsi, nvme, multipath, tpm, subscriptions, configurationManagement, serverIds],
  ...[accountBackups, installer, credentialSecret, crashes, otherClouds, people],
  ...[logs, histories, knownHosts, mail, temporary, runFiles, caches, jobs, dhcpServer, blkid, bluetooth],
  ...[authorizedKeys, passwords, privateKeys, credentials, tunnels, domain, kerberosServer, kubernetes],
  ...[certificates, crontabs, hostId, firewall, packageLeftovers],
]
