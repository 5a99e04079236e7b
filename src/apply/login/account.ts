// Creating an account with the guest's own tool, so that its policy for ids, groups and skeletons holds: useradd, or
// busybox's adduser. A guest that has neither gets it from us, and so does another root: `useradd -R` runs the nscd, the
// sss_cache and the hooks that lie in it (seen).

import type {CreateAccountAction} from '../../action/login.ts'
import {type Account, readAccount, readLocalAccount} from '../../facts/login/accounts.ts'
import {removeStaleLocks} from '../../system/account-lock.ts'
import {type Command, describeEnd, succeeded} from '../../system/commands.ts'
import {openSystem, type System} from '../../system/system.ts'
import {findTool, isInstalled, isOfBusybox} from '../tools.ts'
import {failed, type Handler, type Result, type Workshop} from '../workshop.ts'
import {completeAccount, completeHome, writeAccount} from './account-files.ts'
import {editLocked, isLockedOut, lockCure} from './account-lock.ts'
import {runLoginTool} from './login-tool.ts'
import {completeSubordinateIds, subordinateFiles} from './subordinate-ids.ts'

export const createAccountHandler: Handler<CreateAccountAction> = {
  prepare({name}, {system, manifest}) {
    if (readAccount(system, name) === undefined) manifest.accounts[name] = {created: true, isPending: true}
  },

  async perform(action, workshop) {
    const {system, manifest} = workshop
    const {name} = action
    const known = readAccount(system, name)
    if (known !== undefined && manifest.accounts[name]?.isPending === undefined)
      return {status: 'unchanged', detail: name}
    const {isWhole, reason, cure} =
      known === undefined ? await createOrForget(workshop, action) : {isWhole: false}
    const account = readLocalAccount(system, name)
    if (account === undefined) {
      const message = `could not create the account ${name}: ${reason ?? 'it is not in /etc/passwd afterwards'}`
      return failed(
        `account ${name}`,
        message,
        cure ?? `try \`useradd ${name}\` by hand, and run vmcontext boot again`,
      )
    }
    const wasCutShort = known !== undefined || reason !== undefined
    // Whoever made it has locked more files than any other tool takes.
    if (wasCutShort) removeStaleLocks(system.files)
    const wasCompleted = !isWhole && (await complete(system, account, wasCutShort))
    manifest.accounts[name] = {created: true}
    return describe(system, account, {wasCreated: known === undefined, wasCompleted})
  },
}

/** Whoever made it may not have come to its end. Mostly nothing is missing, and no lock is taken. */
async function complete(system: System, account: Account, wasCutShort: boolean): Promise<boolean> {
  const isOfUseradd = wasCutShort && system.live && isInstalled('useradd')
  const carryOut = (isTrial: boolean) => {
    const lacked = [completeAccount(system, account, {isTrial})]
    if (isOfUseradd) lacked.push(completeSubordinateIds(system, account.name, {isTrial}))
    if (isOfUseradd) lacked.push(completeHome(system, account, {isTrial}))
    return lacked.includes(true)
  }
  if (!carryOut(true)) return false
  return editLocked(system, isOfUseradd ? [...accountFiles, ...subordinateFiles] : accountFiles, () =>
    carryOut(false),
  )
}

const accountFiles = ['/etc/passwd', '/etc/group', '/etc/shadow']

function describe(
  system: System,
  {name, uid, home}: Account,
  {wasCreated, wasCompleted}: {wasCreated: boolean; wasCompleted: boolean},
): Result {
  if (!wasCreated && !wasCompleted) return {status: 'unchanged', detail: name}
  const written = [home, ...accountFiles].filter(path => system.files.status(path) !== undefined)
  return {
    status: 'changed',
    detail: `${wasCreated ? 'created' : 'completed'} the account ${name}, uid ${uid}`,
    // A tool of the guest labels what it makes.
    paths: system.live && !wasCompleted ? [] : written,
  }
}

/** One that does not come about is not ours. */
async function createOrForget(workshop: Workshop, action: CreateAccountAction): Promise<Creation> {
  try {
    return await createAccount(workshop, action)
  } finally {
    if (readLocalAccount(workshop.system, action.name) === undefined)
      delete workshop.manifest.accounts[action.name]
  }
}

/** Whether it has all that an account has; if not, perhaps why. */
type Creation = {isWhole: boolean; reason?: string | undefined; cure?: string | undefined}

const timeoutMs = 20_000

/** Creates it with what is there. */
async function createAccount(workshop: Workshop, action: CreateAccountAction): Promise<Creation> {
  const {system} = workshop
  const {name, shell, group} = action
  if (system.live && isInstalled('useradd')) {
    const groupOption = group === undefined ? [] : ['-g', group]
    // `*` and not useradd's `!`: an sshd without PAM takes `!` for a locked account and refuses its keys.
    const made = await runTool(workshop, ['useradd', '-m', '-s', shell, '-p', '*', ...groupOption, name])
    // A home that is there it leaves as it is, even one that is still root's: who wrote files into it made it.
    const account = readLocalAccount(system, name)
    if (account !== undefined) system.files.sync(listSkeleton(system, '/etc/skel', account.home))
    return {...made, isWhole: made.isWhole && !isOfRoot(system, account)}
  }
  if (system.live && hasBusyboxAdduser()) {
    // It makes the home, but nothing above it.
    system.files.makeDirectory('/home')
    const groupOption = group === undefined ? [] : ['-G', group]
    return {
      ...(await runTool(workshop, ['adduser', '-D', '-s', shell, ...groupOption, name])),
      isWhole: false,
    }
  }
  await editLocked(system, accountFiles, () => writeAccount(system, action))
  return {isWhole: true}
}

/** What useradd copies into a home, and does not sync: after a power cut the files would be there, and empty. */
function listSkeleton(system: System, from: string, to: string): string[] {
  const {files} = system
  return files.list(from).flatMap(name => {
    const isDirectory = files.linkStatus(`${from}/${name}`)?.isDirectory() ?? false
    const inside = isDirectory ? listSkeleton(system, `${from}/${name}`, `${to}/${name}`) : []
    return [`${to}/${name}`, ...inside]
  })
}

function isOfRoot({files}: System, account: Account | undefined): boolean {
  return account !== undefined && files.status(account.home)?.uid === 0
}

async function runTool(workshop: Workshop, argv: Command['argv']): Promise<Creation> {
  const result = await runLoginTool(workshop, {argv, timeoutMs})
  if (succeeded(result)) return {isWhole: true}
  return {
    isWhole: false,
    reason: `${argv[0]} ${describeEnd(result)}`,
    cure: isLockedOut(result) ? lockCure : undefined,
  }
}

/** Debian has another program of this name, a script that asks and knows other options. */
function hasBusyboxAdduser(): boolean {
  const path = findTool('adduser')
  if (path === undefined) return false
  return isOfBusybox(path) || openSystem('/').files.readAt(path, 0, 2)?.toString() !== '#!'
}
