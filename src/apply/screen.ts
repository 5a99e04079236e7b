// The screen that a cloud shows of a guest: what stands there when somebody looks is what counts.

import type {KeepScreenLitAction} from '../action.ts'
import {SystemError} from '../system/errors.ts'
import {keepScreenLit} from '../system/screen.ts'
import {type Handler, leftOut} from './workshop.ts'

export const keepScreenLitHandler: Handler<KeepScreenLitAction> = {
  perform(_, {mayExecute}) {
    const detail = 'the screen stays lit'
    if (!mayExecute) return leftOut(detail, 'this root is not running')
    try {
      keepScreenLit()
      return {status: 'changed', detail}
    } catch (error) {
      // Nobody has asked for it.
      if (error instanceof SystemError) return leftOut(detail, error.message)
      throw error
    }
  },
}
