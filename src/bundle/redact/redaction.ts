// How one guest is redacted: by its context, its records and where its keys are.

import {readTokenFile} from '../../context/cloud/onegate.ts'
import {pickVariable} from '../../context/variables.ts'
import type {Prepared} from '../../prepare.ts'
import type {Redaction} from '../allow-list.ts'
import type {Guest} from '../guest.ts'
import {isSecret, StandIns} from './stand-ins.ts'
import {createRedactValue} from './value.ts'

/** Makes it, and notes the secrets that the context holds. */
export function createRedaction(
  prepared: Prepared | undefined,
  {overrides}: Pick<Guest, 'overrides'>,
  keyFiles: ReadonlySet<string>,
): Redaction {
  const standIns = new StandIns()
  const disc = prepared?.disc
  const variables = disc?.variables ?? new Map()
  const encoding = pickVariable(variables, 'USER_DATA_ENCODING', 'USERDATA_ENCODING')?.value ?? ''
  for (const {name, value} of [...variables.values(), ...overrides])
    if (value !== '' && isSecret(name, value)) standIns.forVariable(name, value)
  const token = disc && readTokenFile(disc)
  if (token !== undefined) standIns.forVariable('ONEGATE_TOKEN', token)
  const manifest = prepared?.manifest ?? emptyManifest
  return {standIns, redactValue: createRedactValue(standIns, encoding), keyFiles, manifest}
}

const emptyManifest = {files: {}} as unknown as Prepared['manifest']
