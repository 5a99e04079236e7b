// What a package is made from, whatever its kind.

import {mkdir} from 'node:fs/promises'
import {type Architecture, executables, provideBase} from '../base.ts'
import {collectWorks, readNodeWork} from '../licences.ts'
import {renderCopyright} from './copyright.ts'
import {readVersion} from './identity.ts'
import {findSourceDate} from './source-date.ts'

export type PackageOrder = {
  version: string
  architecture: Architecture
  /** The agent. */
  executable: string
  copyright: string
  /** The time of every file, in seconds. */
  date: number
  /** Where the package is put. */
  directory: string
  /** `none` where it has to be quick and nobody keeps it. */
  compression: 'xz' | 'none'
}

/** Gives the order for the agent as it was built for an architecture. */
export async function placeOrder(architecture: Architecture, directory: string): Promise<PackageOrder> {
  const executable = executables[architecture]
  const works = await collectWorks(`${executable}.json`)
  const node = await readNodeWork(await provideBase(architecture))
  await mkdir(directory, {recursive: true})
  return {
    version: await readVersion(),
    architecture,
    executable,
    copyright: renderCopyright(works, node),
    date: await findSourceDate(),
    directory,
    compression: 'xz',
  }
}
