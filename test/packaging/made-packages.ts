// Packages made for tests: quickly, and around a program that is not always the agent.

import {join} from 'node:path'
import {executables} from '../../packaging/base.ts'
import {makeDeb} from '../../packaging/deb/deb.ts'
import {type PackageOrder, placeOrder} from '../../packaging/packages/order.ts'
import {makeRpm} from '../../packaging/rpm/rpm.ts'

/** A program that stands for the agent where it is not run: linked with libraries as that is, and small. */
export const standIn = '/usr/bin/true'

/** The agent itself, as the build left it. */
export const agent = executables.x64

export type Kind = 'deb' | 'rpm'
const makers: Record<Kind, (order: PackageOrder) => Promise<string>> = {deb: makeDeb, rpm: makeRpm}

/** Makes a package below a directory and gives its path. Not compressed, unless asked for. */
export async function makePackage(
  kind: Kind,
  directory: string,
  changes: Partial<PackageOrder> = {},
): Promise<string> {
  const order = await placeOrder('x64', join(directory, changes.version ?? 'own'))
  return makers[kind]({...order, executable: standIn, compression: 'none', ...changes})
}
