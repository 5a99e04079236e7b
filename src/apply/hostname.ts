// The running kernel's host name.

import type {SetHostnameAction} from '../action.ts'
import {describeEnd, succeeded} from '../system/commands.ts'
import {SystemError} from '../system/errors.ts'
import {failed, type Handler, leftOut} from './workshop.ts'

const kernelFile = '/proc/sys/kernel/hostname'

export const setHostnameHandler: Handler<SetHostnameAction> = {
  async perform({name}, {system, mayExecute}) {
    const detail = `named the running system ${name}`
    if (!mayExecute) return leftOut(`host name ${name} of the running kernel`, 'this root is not running')
    if (system.files.readText(kernelFile)?.trim() === name) return {status: 'unchanged', detail: name}
    try {
      system.files.set(kernelFile, name)
    } catch (error) {
      if (!(error instanceof SystemError)) throw error
      // Containers may have /proc/sys read-only and sethostname(2) allowed.
      const result = await system.run({argv: ['hostname', name], timeoutMs: 10_000})
      if (!succeeded(result)) return failed(detail, `${error.message}; hostname ${describeEnd(result)}`)
    }
    return {status: 'changed', detail}
  },
}
