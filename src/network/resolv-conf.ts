// /etc/resolv.conf, where nobody else makes it: resolv.conf(5).

import type {FileAction} from '../action.ts'
import type {Problem} from '../problem.ts'
import type {Surroundings} from './dialect.ts'
import type {Network} from './model.ts'

/** Plans the file. */
export function planResolvConf(
  network: Network,
  surroundings: Surroundings,
): {files: FileAction[]; problems: Problem[]} {
  void network
  void surroundings
  return {files: [], problems: []}
}
