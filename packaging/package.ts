// Makes what a user installs the agent with, in dist/packages: `npm run package`.
//
//   node packaging/package.ts [NAME...]
//
// Every artefact is made from the executables as they are: the same ones give the same bytes.

import {existsSync} from 'node:fs'
import {readdir, rm, stat} from 'node:fs/promises'
import {basename, join} from 'node:path'
import process from 'node:process'
import {type Architecture, executables} from './base.ts'
import {makeDeb} from './deb/deb.ts'
import {type PackageOrder, placeOrder} from './packages/order.ts'
import {buildPortable} from './portable/portable.ts'
import {makeRpm} from './rpm/rpm.ts'

/** Where they are put. */
export const packagesDirectory = join(import.meta.dirname, '..', 'dist', 'packages')

/** No artefact may be larger. In bytes. */
export const sizeLimit = 32e6

type Artefact = {
  name: string
  architecture: Architecture
  /** Makes it and gives its path. */
  make: (order: PackageOrder) => Promise<string>
}

/** Everything that is made. A new kind is a new line. */
const artefacts: readonly Artefact[] = [
  {name: 'deb', architecture: 'x64', make: makeDeb},
  {name: 'deb', architecture: 'arm64', make: makeDeb},
  {name: 'rpm', architecture: 'x64', make: makeRpm},
  {name: 'rpm', architecture: 'arm64', make: makeRpm},
  {name: 'portable', architecture: 'x64', make: buildPortable},
  {name: 'portable', architecture: 'arm64', make: buildPortable},
]

/** Makes the artefacts of these names, all if none is named; tells of each. Gives those that are too large. */
async function main(names: readonly string[]): Promise<string[]> {
  const wanted = artefacts.filter(({name}) => names.length === 0 || names.includes(name))
  const tooLarge: string[] = []
  if (names.length === 0) await forgetOlder()
  for (const {architecture, make} of wanted) {
    if (!existsSync(executables[architecture])) {
      throw new Error(
        `there is no ${executables[architecture]}: node packaging/build.ts --arch ${architecture}`,
      )
    }
    const path = await make(await placeOrder(architecture, packagesDirectory))
    const {size} = await stat(path)
    console.log(`${basename(path).padEnd(44)} ${(size / 1e6).toFixed(1).padStart(5)} MB`)
    if (size > sizeLimit) tooLarge.push(basename(path))
  }
  return tooLarge
}

/** What another version has left would be taken for this one's. */
async function forgetOlder(): Promise<void> {
  if (!existsSync(packagesDirectory)) return
  for (const name of await readdir(packagesDirectory))
    await rm(join(packagesDirectory, name), {recursive: true})
}

if (process.argv[1] === import.meta.filename) {
  const tooLarge = await main(process.argv.slice(2))
  if (tooLarge.length > 0) {
    console.error(`larger than ${sizeLimit / 1e6} MB: ${tooLarge.join(', ')}`)
    process.exitCode = 1
  }
}
