// The MTU of a link that is not ours otherwise: no file of any network manager is written for it.

import type {SetMtuAction} from '../../action/network.ts'
import {type Handler, leftOut} from '../workshop.ts'

export const setMtuHandler: Handler<SetMtuAction> = {
  perform({device, mtu}, {system: {files}, mayExecute}) {
    const detail = `MTU ${mtu} for ${device}`
    if (!mayExecute) return leftOut(detail, 'the links of another root are not there')
    const path = `/sys/class/net/${device}/mtu`
    if (files.readText(path)?.trim() === `${mtu}`) return {status: 'unchanged', detail}
    files.set(path, `${mtu}\n`)
    return {status: 'changed', detail}
  },
}
