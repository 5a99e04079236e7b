// By what a machine is known to services: subscriptions, configuration management, and what makes ids for itself.

import type {Operation} from '../operation.ts'
import {fromRows} from '../patterns.ts'

export const subscriptions: Operation = {
  name: 'subscriptions',
  severity: 'identity',
  isDefault: true,
  description: 'registered with Red Hat, SUSE, Ubuntu Pro, Landscape',
  find: fromRows([
    {
      paths: [
        ...[
          '/etc/pki/consumer/*',
          '/etc/pki/entitlement/*',
          '/etc/pki/entitlement-host/*',
          '/var/lib/rhsm/*',
          '/var/lib/rhsm/*/*',
        ],
        ...['/etc/sysconfig/rhn/systemid', '/etc/sysconfig/rhn/osad-auth.conf', '/var/lib/yum/uuid'],
        '/etc/insights-client/machine-id',
        '/etc/insights-client/.registered',
        '/etc/redhat-access-insights/machine-id',
      ],
      reason: 'registered with Red Hat, or Satellite',
    },
    {
      paths: ['/etc/zypp/credentials.d/SCCcredentials', '/etc/zypp/credentials.d/NCCcredentials'],
      reason: "registered with SUSE's customer centre",
    },
    {
      paths: [
        '/var/lib/ubuntu-advantage/private/*',
        '/var/lib/ubuntu-advantage/machine-access-*',
        '/var/lib/ubuntu-advantage/machine-token.json',
      ],
      reason: 'a token of Ubuntu Pro',
    },
    {paths: ['/var/lib/landscape/client/*'], reason: 'registered with Landscape', trees: true},
    {
      paths: [
        ...[
          '/etc/smolt/uuid',
          '/etc/smolt/hw-uuid',
          '/etc/sysconfig/hw-uuid',
          '/var/lib/zypp/AnonymousUniqueId',
        ],
        '/var/lib/whoopsie/whoopsie-id',
      ],
      reason: 'an id that counts machines',
    },
  ]),
}

export const configurationManagement: Operation = {
  name: 'config-agents',
  severity: 'identity',
  isDefault: true,
  description: 'keys and ids of puppet, salt, chef, cfengine',
  find: fromRows([
    {
      paths: [
        '/etc/puppetlabs/puppet/ssl/*',
        '/var/lib/puppet/ssl/*',
        '/etc/puppet/ssl/*',
        '/opt/puppetlabs/puppet/cache/state/*',
        '/var/lib/puppet/state/*',
      ],
      reason: 'the certificate by which puppet knows this machine',
      trees: true,
    },
    {
      paths: ['/etc/salt/pki/minion/minion.p*', '/etc/salt/minion_id', '/var/cache/salt/minion/*'],
      reason: 'key and name of this salt minion',
      trees: true,
    },
    {paths: ['/etc/chef/client.pem', '/etc/cinc/client.pem'], reason: 'the key of this chef client'},
    {paths: ['/var/cfengine/ppkeys/localhost.p*'], reason: 'the keys of this cfengine host'},
  ]),
}

export const serverIds: Operation = {
  name: 'server-ids',
  severity: 'identity',
  isDefault: true,
  description: 'ids that mysql, docker, consul, tailscale make',
  find: fromRows([
    {paths: ['/var/lib/mysql/auto.cnf'], reason: 'servers of one id refuse to replicate'},
    {paths: ['/var/lib/docker/engine-id', '/etc/docker/key.json'], reason: 'the id of this docker engine'},
    {paths: ['/etc/openvswitch/system-id.conf'], reason: 'the id of this Open vSwitch'},
    {
      paths: [
        ...['/opt/consul/node-id', '/var/lib/consul/node-id', '/opt/nomad/data/client/client-id'],
        ...['/opt/nomad/data/client/secret-id', '/var/lib/nomad/client/*-id'],
      ],
      reason: 'the id of this node',
    },
    {
      paths: [
        '/var/lib/tailscale/tailscaled.state',
        '/var/lib/zerotier-one/identity.*',
        '/var/lib/netdata/registry/netdata.public.unique.id',
        '/var/lib/netdata/cloud.d/*',
        '/var/lib/teleport/host_uuid',
      ],
      reason: 'clones would be one node, and throw each other out',
    },
  ]),
}

export const otherClouds: Operation = {
  name: 'other-clouds',
  severity: 'secret',
  isDefault: true,
  description: "state of other clouds' agents (Azure, AWS, Google)",
  find: fromRows([
    {
      paths: ['/var/lib/waagent/*'],
      reason: "Azure's agent, with its certificates and passwords",
      trees: true,
    },
    {paths: ['/var/lib/amazon/ssm/*'], reason: 'registered with AWS', trees: true},
    {
      paths: ['/etc/boto.cfg', '/etc/instance_id', '/var/lib/google/*'],
      reason: "state of Google's agent",
      trees: true,
    },
  ]),
}
