// Creating an account with the guest's own tool, so that its policy for ids, groups and skeletons holds: useradd, or
// busybox's adduser. A guest that has neither gets it from us.

import type {CreateAccountAction} from '../action.ts'
import {readAccount} from '../facts/accounts.ts'
import {type Command, describeEnd, succeeded, toolDirectories} from '../system/commands.ts'
import {openSystem, type System} from '../system/system.ts'
import {unlockAccount, writeAccount} from './account-files.ts'
import {failed, type Handler} from './workshop.ts'

export const createAccountHandler: Handler<CreateAccountAction> = {
  prepare({name}, {system, manifest}) {
    if (readAccount(system, name) === undefined) manifest.accounts[name] = {created: true}
  },

  async perform(action, {system, manifest}) {
    const {name} = action
    if (readAccount(system, name) !== undefined) return {status: 'unchanged', detail: name}
    const end = await createAccount(system, action)
    const account = readAccount(system, name)
    if (account !== undefined)
      return {status: 'changed', detail: `created the account ${name}, uid ${account.uid}`}
    delete manifest.accounts[name]
    return failed(`account ${name}`, `could not create the account ${name}: ${end}`)
  },
}

/** Creates it with what is there, and tells in words how that ended. */
async function createAccount(system: System, action: CreateAccountAction): Promise<string> {
  const {files} = system
  const options = ['-s', action.shell]
  if (isInstalled('useradd')) {
    const root = system.live ? [] : ['-R', system.root]
    const group = action.group === undefined ? [] : ['-g', action.group]
    // `*` and not useradd's `!`: an sshd without PAM takes `!` for a locked account and refuses its keys.
    return runTool(system, ['useradd', ...root, '-m', ...options, '-p', '*', ...group, action.name])
  }
  // This one knows no other root.
  if (system.live && hasBusyboxAdduser()) {
    // It makes the home, but nothing above it.
    files.makeDirectory('/home')
    const group = action.group === undefined ? [] : ['-G', action.group]
    const end = await runTool(system, ['adduser', '-D', ...options, ...group, action.name])
    unlockAccount(system, action.name)
    return end
  }
  writeAccount(system, action)
  return 'written, yet /etc/passwd does not have it'
}

async function runTool(system: System, argv: Command['argv']): Promise<string> {
  const result = await system.run({argv, timeoutMs: 60_000})
  const end = succeeded(result) ? 'ended well, yet /etc/passwd does not have it' : describeEnd(result)
  return `${argv[0]} ${end}`
}

/** Debian has another program of this name, a script that asks and knows other options. */
function hasBusyboxAdduser(): boolean {
  const path = findTool('adduser')
  return path !== undefined && openSystem('/').files.readAt(path, 0, 2)?.toString() !== '#!'
}

function isInstalled(tool: string): boolean {
  return findTool(tool) !== undefined
}

/** The tools of this machine are meant, whatever root they are to work on. */
function findTool(tool: string): string | undefined {
  const {files} = openSystem('/')
  return toolDirectories
    .map(directory => `${directory}/${tool}`)
    .find(path => files.status(path) !== undefined)
}
