// What somebody reads who has unpacked the portable form.

import type {PackageOrder} from '../packages/order.ts'
import type {Libraries} from './libraries.ts'

/** Gives the text. */
export function renderReadme(
  {version, architecture}: PackageOrder,
  {packages, paths, suite}: Libraries,
): string {
  const sources = packages.filter(({name}) => name !== 'base-files').map(({source}) => source)
  const wanted = [...new Set(sources.map(({name, version}) => `${name}=${version}`))]
  return `vmcontext ${version}, portable form for Linux on ${architecture}
${'='.repeat(40 + version.length + architecture.length)}

For guests whose own C library is too old for the other packages, as CentOS 7,
or another one, as Alpine. It brings its own and needs nothing of the guest but
a kernel and /bin/sh. Kernel 4.18 or later; older ones, from 3.10 on, are not
tested.

To put it into a guest that runs, or into the tree of a mounted image:

    ./vmcontext install
    ./vmcontext install --root /mnt/image

To try it from here, with nothing installed and nothing changed:

    ./vmcontext plan

The directory may be moved as a whole; the path must have neither : nor ;.
Nothing in it may be left out. Libraries may be replaced by later ones of the
same names.

  vmcontext       starts vmcontext.bin with the loader and the libraries in lib
  vmcontext.bin   the agent
  lib             ${[...paths.keys()]
    .sort()
    .join(', ')
    .replaceAll(/(.{40,58}), /g, '$1,\n                  ')}
  licences        under which terms all of this may be passed on

The files in lib are Debian's (${suite}), unchanged:

${packages
  .filter(({name}) => !['base-files'].includes(name) && !name.endsWith('-base'))
  .map(({name, version}) => `  ${name} ${version}\n`)
  .join('')}
Their terms, the LGPL's and the GPL's with the GCC Runtime Library Exception,
ask whoever passes them on to offer their source too. On Debian it is had with

    apt-get source --download-only ${wanted.join(' \\\n        ')}
`
}
