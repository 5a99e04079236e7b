// Which values of a context may be shown: an allow-list. What scripts of the user get may be anything.

import {consumerOf, isConsumed} from '../../context/consumed.ts'
import {settingNames} from '../../settings/settings.ts'
import {isSecret} from './stand-ins.ts'

/** How a value goes into a bundle. */
export type Treatment = 'as it is' | 'secret' | 'script' | 'user data' | 'keys' | 'address' | 'withheld'

const treated: Readonly<Record<string, Treatment>> = {
  USER_DATA: 'user data',
  USERDATA: 'user data',
  START_SCRIPT: 'script',
  START_SCRIPT_BASE64: 'script',
  READY_SCRIPT: 'script',
  ONEGATE_ENDPOINT: 'address',
}

const harmless = new Set([
  ...['VMID', 'TARGET', 'VMCONTEXT', 'DISK_ID', 'NETCFG_TYPE', 'USER_PUBKEY', 'ROOT_PUBKEY'],
  ...settingNames,
])

/** Tells how the value of a variable, its name in capitals, goes into a bundle. */
export function treatmentOf(name: string, value: string): Treatment {
  if (isSecret(name, value)) return 'secret'
  const known = treated[name]
  if (known !== undefined) return known
  if (consumerOf(name) === 'keys' && !harmless.has(name)) return 'keys'
  return isConsumed(name) || harmless.has(name) ? 'as it is' : 'withheld'
}
