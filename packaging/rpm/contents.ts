// What the .rpm holds besides what every package does.

import {readFile} from 'node:fs/promises'
import {join} from 'node:path'
import {scriptNames} from '../init-scripts.ts'
import {below, type Contents, data, program} from '../packages/contents.ts'
import type {PackageOrder} from '../packages/order.ts'
import {collectPayload} from '../payload.ts'

const repository = join(import.meta.dirname, '..', '..')
const preset = '/usr/lib/systemd/system-preset/80-vmcontext.preset'

/** Gives the files by path. */
export async function collectRpmContents({copyright}: PackageOrder): Promise<Contents> {
  const payload = await collectPayload()
  const read = (path: string) => readFile(join(repository, path), 'utf8')
  // Not in /etc/init.d, which is a link where chkconfig is installed, and nothing at all on most systems.
  const sysv = Object.values(scriptNames).map(name => [
    `/usr/share/vmcontext/init.d/${name}`,
    program(payload[`redhat/${name}`]!),
  ])
  return {
    ...Object.fromEntries(sysv),
    [preset]: data(await read('packaging/rpm/80-vmcontext.preset')),
    '/usr/share/doc/vmcontext/CHANGELOG.md': data(await read('CHANGELOG.md')),
    '/usr/share/licenses/vmcontext/LICENSE': data(await read('LICENSE')),
    '/usr/share/licenses/vmcontext/copyright': data(copyright),
    ...below(payload, 'completions/', name => [completionPath(name), data]),
  }
}

/** Where each shell looks on Red Hat and SUSE, by the name that it wants. */
function completionPath(name: string): string {
  if (name.endsWith('.fish')) return '/usr/share/fish/vendor_completions.d/vmcontext.fish'
  if (name.includes('zsh') || name.startsWith('_')) return '/usr/share/zsh/site-functions/_vmcontext'
  return '/usr/share/bash-completion/completions/vmcontext'
}
