// What was to run at some time.

import type {Operation} from '../operation.ts'
import {fromRows} from '../patterns.ts'

export const jobs: Operation = {
  name: 'jobs',
  severity: 'trace',
  isDefault: true,
  description: 'jobs that at(1) was to run once, and when cron last ran',
  find: fromRows([
    {
      paths: [
        ...['/var/spool/cron/atjobs/[a-z]*', '/var/spool/at/[a-z]*', '/var/spool/atjobs/[a-z]*'],
        ...['/var/spool/cron/atspool/*', '/var/spool/at/spool/[!.]*', '/var/spool/atspool/*'],
      ],
      reason: 'a job that was to run once',
    },
    {
      paths: ['/var/spool/anacron/*', '/var/lib/systemd/timers/stamp-*', '/var/spool/cron/lastrun/*'],
      reason: 'when a timer was last due',
    },
  ]),
}

export const crontabs: Operation = {
  name: 'crontabs',
  severity: 'trace',
  isDefault: false,
  description: 'crontabs of accounts; of an image they are mostly meant',
  find: fromRows([
    {
      paths: ['/var/spool/cron/crontabs/*', '/var/spool/cron/tabs/*', '/var/spool/cron/*'],
      reason: 'jobs of an account',
    },
  ]),
}
