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
const packagesDirectory = join(import.meta.dirname, '..', 'dist', 'packages')

/** No artefact may be larger. In bytes. */
const sizeLimit = 32e6

/** Makes an artefact and gives its path. */
type Maker = (order: PackageOrder) => Promise<string>

/** Everything that is made, for each architecture. A new kind is a new line. */
const makers: Readonly<Record<string, Maker>> = {deb: makeDeb, rpm: makeRpm, portable: buildPortable}

/** Makes the artefacts of these names, all if none is named; tells of each. Gives those that are too large. */
async function main(names: readonly string[]): Promise<string[]> {
  const architectures = Object.keys(executables) as Architecture[]
  for (const architecture of architectures) refuseUnbuilt(architecture)
  if (names.length === 0) await forgetOlder()
  const tooLarge: string[] = []
  for (const [name, make] of Object.entries(makers)) {
    if (names.length > 0 && !names.includes(name)) continue
    // Nearly all of it is compressing, by one processor each.
    const paths = await Promise.all(
      architectures.map(async architecture => make(await placeOrder(architecture, packagesDirectory))),
    )
    for (const path of paths) {
      const {size} = await stat(path)
      console.log(`${basename(path).padEnd(44)} ${(size / 1e6).toFixed(1).padStart(5)} MB`)
      if (size > sizeLimit) tooLarge.push(basename(path))
    }
  }
  return tooLarge
}

function refuseUnbuilt(architecture: Architecture): void {
  const path = executables[architecture]
  if (!existsSync(path))
    throw new Error(`there is no ${path}: node packaging/build.ts --arch ${architecture}`)
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
