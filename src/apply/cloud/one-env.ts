// What the tool `onegate` needs to know of this guest (one-apps, context-linux/src/usr/bin/onegate): a shell sources it.

import {dirname} from 'node:path'
import type {KeepOneEnvAction} from '../../action/cloud.ts'
import {oneEnvHead, oneEnvPath} from '../../facts/one-env.ts'
import {requireOwnDirectory} from '../../system/own-place.ts'
import {type Handler, leftOut} from '../workshop.ts'

export const keepOneEnvHandler: Handler<KeepOneEnvAction> = {
  perform({values}, {system: {files}, mayExecute}) {
    if (!mayExecute) return leftOut(oneEnvPath, 'the /run of another root is not kept')
    if (values === undefined) {
      files.remove(oneEnvPath)
      return {status: 'changed', detail: `removed ${oneEnvPath}`}
    }
    const {endpoint, token, vmid} = values
    const text = renderOneEnv({ONEGATE_ENDPOINT: endpoint, TOKENTXT: token?.reveal(), VMID: vmid})
    if (files.readText(oneEnvPath) === text) return {status: 'unchanged', detail: oneEnvPath}
    files.makeDirectory(dirname(oneEnvPath), 0o700)
    requireOwnDirectory(files, dirname(oneEnvPath))
    files.write(oneEnvPath, text, {mode: 0o600, durable: false})
    return {status: 'changed', detail: `wrote ${oneEnvPath}`}
  },
}

/** Writes assignments for sh. Between single quotes nothing is expanded; a quote itself stands outside of them. */
export function renderOneEnv(values: Readonly<Record<string, string | undefined>>): string {
  const lines = Object.entries(values).flatMap(([name, value]) =>
    value === undefined ? [] : [`export ${name}='${value.replaceAll("'", "'\\''")}'`],
  )
  return `${[oneEnvHead, ...lines].join('\n')}\n`
}
