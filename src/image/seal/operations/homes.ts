// What people leave in their homes.

import type {Operation} from '../operation.ts'
import {fromRows} from '../patterns.ts'

export const histories: Operation = {
  name: 'histories',
  severity: 'trace',
  isDefault: true,
  description: 'histories of shells, editors and database clients',
  find: fromRows([
    {
      paths: [
        ...['~/.*_history', '~/.*_hist', '~/.bash_history-*', '~/.history', '~/.histfile', '~/.zhistory'],
        ...['~/.Rhistory', '~/.local/share/fish/fish_history', '~/.dbshell', '~/.mongodb/mongosh/*history*'],
        ...['~/.*shell_history', '~/.lftp/*history', '~/.local/share/lftp/*history'],
        ...['~/.lesshst', '~/.lesshsQ', '~/.local/state/lesshst', '~/.local/state/*/*history*'],
      ],
      reason: 'what was typed here',
    },
    {
      paths: [
        ...['~/.viminfo', '~/.viminf?.tmp', '~/.vim/.netrwhist', '~/.local/share/nvim/shada/*'],
        ...['~/.local/state/nvim/shada/*', '~/.nano/*_history', '~/.local/share/nano/*_history'],
        ...[
          '~/.joe_state',
          '~/.mc/history',
          '~/.mc/filepos',
          '~/.local/share/mc/history',
          '~/.local/share/mc/filepos',
        ],
        ...['~/.recently-used*', '~/.local/share/recently-used.xbel', '~/.w3m/history', '~/.wget-hsts'],
        ...['~/.curl-hsts', '~/.gdb_history', '~/.xsession-errors*', '~/.sudo_as_admin_successful'],
        '~/.cache/motd.legal-displayed',
      ],
      reason: 'what was looked at or edited here',
    },
    {paths: ['~/.ansible/tmp/*'], reason: 'what Ansible ran here', trees: true},
  ]),
}

export const knownHosts: Operation = {
  name: 'known-hosts',
  severity: 'trace',
  isDefault: true,
  description: 'known_hosts of homes; /etc/ssh/ssh_known_hosts stays',
  find: fromRows([
    {
      paths: ['~/.ssh/known_hosts', '~/.ssh/known_hosts.old', '~/.ssh/known_hosts2', '~/.ssh/agent.*'],
      reason: 'which hosts were visited from here',
    },
  ]),
}

export const credentials: Operation = {
  name: 'credentials',
  severity: 'secret',
  isDefault: false,
  description: 'what lets its owner in elsewhere: cloud, registry, git, …',
  find: fromRows([
    {
      paths: [
        ...['~/.aws/credentials', '~/.aws/sso/cache/*', '~/.azure/*token*', '~/.azure/*.bin', '~/.boto'],
        ...['~/.config/gcloud/credentials.db', '~/.config/gcloud/access_tokens.db', '~/.one/*auth*'],
        ...['~/.config/gcloud/application_default_credentials.json', '~/.config/hcloud/cli.toml'],
      ],
      reason: 'lets its owner into a cloud',
    },
    {
      paths: [
        ...['~/.docker/config.json', '~/.config/containers/auth.json', '~/.kube/config'],
        ...[
          '~/.git-credentials',
          '~/.config/gh/hosts.yml',
          '~/.config/glab-cli/config.yml',
          '~/.netrc',
          '~/.npmrc',
        ],
        ...['~/.pypirc', '~/.gem/credentials', '~/.cargo/credentials*', '~/.vault-token'],
        ...['~/.pgpass', '~/.my.cnf', '~/.mylogin.cnf', '~/.smbcredentials', '~/.config/rclone/rclone.conf'],
        ...[
          '~/.gnupg/private-keys-v1.d/*',
          '~/.gnupg/secring.gpg',
          '~/.password-store',
          '~/.terraform.d/credentials*',
        ],
        ...['/etc/docker/certs.d/*/client.key', '/etc/ceph/*.keyring'],
      ],
      reason: 'lets its owner in elsewhere',
      trees: true,
    },
  ]),
}
