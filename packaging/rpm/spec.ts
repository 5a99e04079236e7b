// The spec file of the .rpm. There is nothing to compile: it says what the files are and what is done around them.

import type {Contents} from '../packages/contents.ts'
import {identity, release} from '../packages/identity.ts'

export type Scriptlets = Readonly<Record<'post' | 'preun' | 'postun', string>>

export type SpecInput = {
  version: string
  /** In seconds. */
  date: number
  contents: Contents
  scriptlets: Scriptlets
  /** SPDX identifiers of all that is inside. */
  licence: string
  /** The directory whose files are packaged. */
  tree: string
}

/** What some steps use where it is there. Not recommended: dnf and zypper would install it. */
const suggests = ['cloud-utils-growpart', 'openssh-server', 'sudo', 'xfsprogs', 'lvm2']

/**
 * - no debug package, no strip: the executable carries its script and snapshot behind its last section, and is broken by
 *   whatever rewrites it. For the same reason no post-processing of the tree.
 * - no build-id links: Node's build has the same id in every package that carries it, and two would collide.
 * - xz at 6: Red Hat 7 knows no zstd, and 8 MiB of memory to unpack it are there in the smallest guest.
 * - sha256: a system in FIPS mode refuses md5, which some rpmbuild still has for its default.
 */
const globals = `%global debug_package %{nil}
%global __os_install_post %{nil}
%global _build_id_links none
%global _source_filedigest_algorithm 8
%global _binary_filedigest_algorithm 8
`

/** Gives the text. What the executable needs of libraries is found by rpmbuild itself, in every distribution's words. */
export function renderSpec({version, date, contents, scriptlets, licence, tree}: SpecInput): string {
  const {name, summary, description, maintainer, conflicts} = identity
  return `${globals}
Name: ${name}
Version: ${version}
Release: ${release}
Summary: ${summary[0]!.toUpperCase()}${summary.slice(1)}
License: ${licence}
Group: System/Base
Packager: ${maintainer.name} <${maintainer.mail}>
${suggests.map(other => `Suggests: ${other}\n`).join('')}${conflicts.map(other => `Conflicts: ${other}\n`).join('')}
%description
${description.map(lines => lines.join('\n')).join('\n\n')}

%install
cp -a ${tree}/. %{buildroot}/

${Object.entries(scriptlets)
  .map(([when, text]) => `%${when}\n${text}\n`)
  .join('')}%files
${directories.map(path => `%dir %attr(0755,root,root) ${path}\n`).join('')}${Object.keys(contents)
  .toSorted()
  .map(path => `${attributes(path, contents)}${path}\n`)
  .join('')}
%changelog
* ${formatDay(date)} ${maintainer.name} <${maintainer.mail}> - ${version}-${release}
- Version ${version}; what is new in it: /usr/share/doc/vmcontext/CHANGELOG.md
`
}

/** Those of ours, and those of shells that need not be there: whoever puts a file into these owns them too. */
const directories = [
  '/usr/lib/vmcontext',
  '/usr/share/vmcontext',
  '/usr/share/vmcontext/init.d',
  '/usr/share/doc/vmcontext',
  '/usr/share/doc/vmcontext/schema',
  '/usr/share/licenses/vmcontext',
  '/usr/share/fish',
  '/usr/share/fish/vendor_completions.d',
  '/usr/share/zsh',
  '/usr/share/zsh/site-functions',
]

/** The mode is the staged file's, but not the owner. */
function attributes(path: string, contents: Contents): string {
  const {mode, configuration = false} = contents[path]!
  const kind = configuration
    ? '%config(noreplace) '
    : (marks.find(([start]) => path.startsWith(start))?.[1] ?? '')
  return `%attr(${mode.toString(8).padStart(4, '0')},root,root) ${kind}`
}

const marks: [start: string, mark: string][] = [
  ['/usr/share/man/', '%doc '],
  ['/usr/share/doc/', '%doc '],
  ['/usr/share/licenses/', '%license '],
]

/** `Mon Nov 23 2026`. */
function formatDay(seconds: number): string {
  const [weekday, day, month, year] = new Date(seconds * 1000).toUTCString().replace(',', '').split(' ')
  return `${weekday} ${month} ${day} ${year}`
}
