// What TOKEN=YES adds: where OneGate is, the machine's number, and a token that proves it (generate_token_context and
// generate_context in src/vm/VirtualMachineContext.cc of release-7.0.2).

import type {Problem} from '../../problem.ts'
import {lookUp, type Scope} from '../template/scope.ts'
import {findSingle, placeOf, type Vector} from '../template/template.ts'

/** Adds the variables; what is not known stays away, with a warning. */
export function addToken(
  scope: Scope,
  context: Vector,
  values: Map<string, string>,
  problems: Problem[],
): void {
  if (!wantsToken(values)) return
  const place = placeOf(scope.template, context.values.get('TOKEN')?.offset ?? context.nameOffset)
  for (const name of ['ONEGATE_ENDPOINT', 'VMID']) {
    const {value} = lookUp(scope, {name})
    if (value !== '') values.set(name, value)
    else if (!values.has(name))
      problems.push({
        code: 'template-doubtful',
        ...place,
        key: 'TOKEN',
        message: `there is no ${name}`,
        cure: `--set ${name}=…`,
      })
  }
}

/** Tells whether the disc is to hold a token. */
export function wantsToken(values: ReadonlyMap<string, string>): boolean {
  return values.get('TOKEN')?.toUpperCase() === 'YES'
}

/** The key is 32 bytes of the password, the initial vector all zero, as the front end has it. */
const keyLength = 32

/**
 * Makes the content of token.txt: number and start time (seconds since 1970) of the machine, encrypted for its user.
 * Undefined if one of them is not known.
 */
export async function makeToken(scope: Omit<Scope, 'nics'>, seconds: number): Promise<string | undefined> {
  const password = Buffer.from(
    scope.user === undefined ? '' : (findSingle(scope.user, 'TOKEN_PASSWORD')?.text ?? ''),
  )
  const id = findSingle(scope.template, 'VMID')?.text
  if (password.length < keyLength || id === undefined) return undefined
  const {createCipheriv} = await import('node:crypto')
  const cipher = createCipheriv('aes-256-cbc', password.subarray(0, keyLength), Buffer.alloc(16))
  const bytes = Buffer.concat([cipher.update(`${id}:${seconds}`), cipher.final()])
  return `${bytes.toString('base64')}\n`
}
