// Every lint, in the order in which findings are told. A new one is a line here and a line in the test.

import {findEatenHash, findHashAsPassword} from './hashes.ts'
import {findFalseKeys, findPrivateKeys} from './keys.ts'
import type {Lint} from './lint.ts'
import {findRepeated, findShadowed, findTooLong, findWithheld} from './names.ts'
import {
  findFarGateway,
  findMacMismatch,
  findStrangeNameServers,
  findTwins,
  findWithoutAddress,
} from './network.ts'
import {
  findCarriageReturns,
  findForeignInterpreter,
  findLargeScripts,
  findWithoutInterpreter,
} from './scripts.ts'
import {findCutImage, findRockRidgeOnly, findStrangeLabel, findWithoutRockRidge} from './volume.ts'

export const lints: readonly Lint[] = [
  findStrangeLabel,
  findCutImage,
  findWithoutRockRidge,
  findRockRidgeOnly,
  findRepeated,
  findShadowed,
  findWithheld,
  findTooLong,
  findEatenHash,
  findHashAsPassword,
  findWithoutAddress,
  findMacMismatch,
  findFarGateway,
  findTwins,
  findStrangeNameServers,
  findCarriageReturns,
  findWithoutInterpreter,
  findForeignInterpreter,
  findLargeScripts,
  findPrivateKeys,
  findFalseKeys,
]
