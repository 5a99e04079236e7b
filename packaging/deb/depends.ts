// What the executable needs, in Debian's words. dpkg-shlibdeps would say it too, but only where the libraries of the
// executable's own architecture are installed.

import {compareVersions, highest, type Needs} from '../packages/elf.ts'

/** The release of GCC, and so of Debian's libstdc++6, that brought a symbol version (libstdc++6.symbols). */
const gccReleases: Record<string, readonly [version: string, release: string][]> = {
  GLIBCXX: [
    ['3.4.19', '4.8.1'],
    ['3.4.20', '4.9'],
    ['3.4.21', '5.2'],
    ['3.4.22', '6'],
    ['3.4.24', '7'],
    ['3.4.25', '8'],
    ['3.4.28', '9'],
    ['3.4.29', '11'],
    ['3.4.30', '12'],
  ],
  CXXABI: [
    ['1.3.7', '4.8.1'],
    ['1.3.8', '4.9'],
    ['1.3.9', '5.2'],
    ['1.3.10', '6'],
    ['1.3.11', '7'],
    ['1.3.12', '9'],
    ['1.3.13', '11'],
  ],
}

/** How a library is called and versioned in Debian. Those of glibc are one package. */
const glibc = ['libc.so.6', 'libm.so.6', 'libdl.so.2', 'libpthread.so.0', 'librt.so.1']
const libraries: Record<string, (versions: readonly string[]) => string> = {
  'libstdc++.so.6': versions => atLeast('libstdc++6', releaseOf(versions)),
  // Debian 10 calls it by its older name.
  'libgcc_s.so.1': () => 'libgcc-s1 | libgcc1',
  'libatomic.so.1': () => 'libatomic1',
}

/** Gives the entries of Depends. Throws for a library that this table does not know. */
export function listDepends(needs: Needs): string[] {
  const own = [...needs.keys()]
    .filter(library => !isOfGlibc(library))
    .map(library => {
      const name = libraries[library]
      if (name === undefined)
        throw new Error(`packaging/deb/depends.ts knows no Debian package with ${library}`)
      return name(needs.get(library)!)
    })
  return [atLeast('libc6', glibcRelease(needs)), ...own.sort()]
}

function isOfGlibc(library: string): boolean {
  return glibc.includes(library) || library.startsWith('ld-linux')
}

function glibcRelease(needs: Needs): string | undefined {
  return highest(
    [...needs].flatMap(([library, versions]) => (isOfGlibc(library) ? versions : [])),
    'GLIBC',
  )
}

function releaseOf(versions: readonly string[]): string | undefined {
  const releases = Object.entries(gccReleases).flatMap(([name, table]) => {
    const needed = highest(versions, name)
    if (needed === undefined) return []
    const entry = table.find(([version]) => compareVersions(version, needed) >= 0)
    if (entry === undefined) throw new Error(`packaging/deb/depends.ts does not know ${name}_${needed} yet`)
    return [entry[1]]
  })
  return releases.toSorted(compareVersions).at(-1)
}

function atLeast(name: string, version: string | undefined): string {
  return version === undefined ? name : `${name} (>= ${version})`
}
