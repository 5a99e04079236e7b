// Setting a password. The guest's own chpasswd does it and hashes it, by the rules of the guest (PAM, login.defs); it
// gets everything on its standard input. Where there is none, and on a root that does not run, a hash is entered into
// shadow(5) by ourselves: `chpasswd -R` runs the nscd and the sss_cache that lie in that root (seen).

import {randomBytes} from 'node:crypto'
import type {SetPasswordAction} from '../../action/login.ts'
import type {PasswordKind} from '../../context/login/password.ts'
import {readLocalAccount} from '../../facts/login/accounts.ts'
import {writeManifest} from '../../report/manifest.ts'
import {recordPassword} from '../../report/set-password.ts'
import {type Command, type CommandResult, describeEnd, succeeded} from '../../system/commands.ts'
import {SystemError, unlessRefused} from '../../system/errors.ts'
import type {System} from '../../system/system.ts'
import {cureOf} from '../cures.ts'
import {findTool, isInstalled, isOfBusybox} from '../tools.ts'
import {failed, type Handler} from '../workshop.ts'
import {enterHash} from './account-files.ts'
import {editLocked, isLockedOut, lockCure, missingAccountCure} from './account-lock.ts'
import {type LoginWorkshop, runLoginTool} from './login-tool.ts'

export const setPasswordHandler: Handler<SetPasswordAction> = {
  async perform(action, workshop) {
    const {system, manifest} = workshop
    const {account, password} = action
    const detail = `password of ${account}`
    const fail = ({reason, cure}: Trouble) => failed(detail, `could not set the ${detail}: ${reason}`, cure)
    if (readLocalAccount(system, account) === undefined)
      return fail({reason: 'there is no such account', cure: missingAccountCure(account)})
    const trouble = await setPassword(workshop, action)
    if (trouble !== undefined) return fail({...trouble, cure: trouble.cure ?? toolCure(account)})
    manifest.passwords[account] = recordPassword(password)
    // At once: a run that is killed later on must not make the next one undo somebody's passwd.
    unlessRefused(
      () => writeManifest(system, manifest),
      () => undefined,
    )
    // Of a file that another program than the guest's own has replaced the label is lost.
    const paths = ['/etc/passwd', '/etc/shadow'].filter(path => system.files.status(path) !== undefined)
    return {
      status: 'changed',
      detail: `${password.kind === 'none' ? 'took away' : 'set'} the ${detail}`,
      paths,
    }
  },
}

function toolCure(account: string): string {
  return `try \`passwd ${account}\` by hand, and run vmcontext boot again`
}

/** Why it could not be done. */
type Trouble = {reason: string; cure?: string | undefined}

const timeoutMs = 20_000

/** Sets it, with nothing written down; tells why if that could not be done. */
export async function setPassword(
  workshop: LoginWorkshop,
  {account, password}: Pick<SetPasswordAction, 'account' | 'password'>,
): Promise<Trouble | undefined> {
  const {system} = workshop
  const {kind, secret} = password
  if (system.live && isInstalled('chpasswd')) {
    return runChpasswd(workshop, kind, `${account}:${secret.reveal()}\n`)
  }
  if (kind !== 'plain') return enter(system, account, secret.reveal())
  const hash = await hashPassword(system, secret.reveal())
  return hash === undefined ? noTool : enter(system, account, hash)
}

/** busybox may be built to take DES, of which only eight characters count; then it is asked for better first. */
async function runChpasswd(
  workshop: LoginWorkshop,
  kind: PasswordKind,
  input: string,
): Promise<Trouble | undefined> {
  const argv = ['chpasswd', ...(kind === 'plain' ? [] : ['-e'])] as const
  if (kind === 'plain' && isOfBusybox(findTool('chpasswd')!)) {
    const trouble = await runTool(workshop, ['chpasswd', '-c', 'sha512'], input)
    if (trouble === undefined || trouble.isLasting) return trouble
  }
  return runTool(workshop, argv, input)
}

const noTool: Trouble = {
  reason: `there is neither chpasswd nor a tool that makes a hash (openssl, mkpasswd, perl)`,
  cure: 'install one of them, or give the password as CRYPTED_PASSWORD',
}

async function runTool(
  workshop: LoginWorkshop,
  argv: readonly [string, ...string[]],
  input: string,
): Promise<(Trouble & {isLasting: boolean}) | undefined> {
  const result = await runLoginTool(workshop, {argv, timeoutMs, input})
  if (succeeded(result)) return undefined
  const isLocked = isLockedOut(result)
  // Called in another way it would fare no better.
  const isLasting = isLocked || result.ended !== 'exited'
  // PAM says why, chpasswd behind it that nothing was changed.
  const output = result.output.trim().split('\n').slice(-3).join('; ')
  return {
    reason: `${argv[0]} ${describeEnd({...result, output})}`,
    cure: isLocked ? lockCure : undefined,
    isLasting,
  }
}

async function enter(system: System, account: string, hash: string): Promise<Trouble | undefined> {
  try {
    await editLocked(system, ['/etc/passwd', '/etc/shadow'], () => enterHash(system, account, hash))
    return undefined
  } catch (error) {
    if (!(error instanceof SystemError)) throw error
    return {reason: error.message, cure: error.message.includes('locked') ? lockCure : cureOf(error.code)}
  }
}

/** Longer ones openssl cuts off. */
const opensslLimit = 255

const hashTools = (): readonly Command['argv'][] => [
  ['openssl', 'passwd', '-6', '-stdin'],
  // Of the package whois, and of busybox.
  ['mkpasswd', '-s', '-m', 'sha-512'],
  ['mkpasswd', '-s', '-m', 'sha512'],
  ['perl', '-e', 'chomp(my $text = <STDIN>); print crypt($text, $ARGV[0])', `$6$${makeSalt()}`],
]

/** 16 characters of crypt(5). */
function makeSalt(): string {
  return randomBytes(12).toString('base64').replaceAll('+', '.')
}

/** Has the first tool that is there make a hash; undefined if none can. */
async function hashPassword(system: System, password: string): Promise<string | undefined> {
  for (const argv of hashTools()) {
    const isTooLong = argv[0] === 'openssl' && Buffer.byteLength(password) > opensslLimit
    if (isTooLong || !isInstalled(argv[0])) continue
    const hash = readHash(await system.run({argv, timeoutMs, input: `${password}\n`}))
    if (hash !== undefined) return hash
  }
  return undefined
}

function readHash(result: CommandResult): string | undefined {
  return succeeded(result) ? /^\$6\$[^\s:]+$/m.exec(result.output)?.[0] : undefined
}
