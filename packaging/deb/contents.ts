// What the .deb holds besides what every package does.

import {readFile} from 'node:fs/promises'
import {join} from 'node:path'
import {scriptNames} from '../init-scripts.ts'
import {below, type Contents, compressed, data, type PackagedFile, program} from '../packages/contents.ts'
import {collectPayload} from '../payload.ts'
import {renderChangelog} from './changelog.ts'

const repository = join(import.meta.dirname, '..', '..')

/** Gives the files by path. */
export async function collectDebianContents(version: string, date: number): Promise<Contents> {
  const payload = await collectPayload()
  const read = (path: string) => readFile(join(repository, path), 'utf8')
  const sysv = Object.values(scriptNames).map(name => [
    `/etc/init.d/${name}`,
    initScript(payload[`debian/${name}`]!),
  ])
  return {
    ...Object.fromEntries(sysv),
    '/etc/init.d/one-context-reconfigure': initScript(payload['lxc/one-context-reconfigure.sysv']!),
    '/usr/share/doc/vmcontext/changelog.gz': compressed(await read('CHANGELOG.md')),
    '/usr/share/doc/vmcontext/changelog.Debian.gz': compressed(renderChangelog(version, date)),
    '/usr/share/lintian/overrides/vmcontext': data(await read('packaging/deb/lintian-overrides')),
    ...below(payload, 'completions/', name => [completionPath(name), data]),
  }
}

function initScript(text: string): PackagedFile {
  return {...program(text), configuration: true}
}

/** Where each shell looks on Debian, by the name that it wants: `vmcontext.bash`, `_vmcontext`, `vmcontext.fish`. */
function completionPath(name: string): string {
  if (name.endsWith('.fish')) return '/usr/share/fish/vendor_completions.d/vmcontext.fish'
  if (name.includes('zsh') || name.startsWith('_')) return '/usr/share/zsh/vendor-completions/_vmcontext'
  return '/usr/share/bash-completion/completions/vmcontext'
}
