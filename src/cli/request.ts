// What a command of the line asks of a guest, with everything looked up that only this machine can tell.

import {resolve} from 'node:path'
import {type Link, parseLinkList} from '../facts/network/links.ts'
import type {Verification} from '../plan/input.ts'
import type {Request} from '../prepare.ts'
import {type Stage, stages} from '../steps.ts'
import {openSystem} from '../system/system.ts'
import type {VerificationChoice} from './commands/boot.ts'
import type {GuestOptions} from './commands/guest-options.ts'
import type {Terminal} from './start.ts'
import {refuseEmpty, UsageError} from './usage.ts'

/** Makes the request of a command that looks and changes nothing: both stages, as the next boot would do them. */
export function readRequest({contextPath, overrides, linksPath}: GuestOptions): Request {
  return {
    stages: Object.keys(stages) as Stage[],
    contextPath: contextPath === undefined ? undefined : resolve(refuseEmpty('--context', contextPath)),
    overrides,
    links: readLinkList(linksPath),
    waitsForNics: false,
    force: false,
  }
}

const usualSeconds = 10

/** By hand a change is checked, and taken back if it cuts the guest off; an init script has to ask for it. */
export function chooseVerification(
  {seconds, rollsBack}: VerificationChoice,
  terminal: Terminal,
): Verification | undefined {
  const isByHand = terminal.isTerminal()
  const isWanted = seconds !== undefined || rollsBack === true || isByHand
  if (seconds === false || !isWanted) return undefined
  return {seconds: seconds ?? usualSeconds, rollsBack: rollsBack ?? isByHand}
}

function readLinkList(path: string | undefined): Link[] | undefined {
  if (path === undefined) return undefined
  const text = openSystem('/').files.readText(resolve(refuseEmpty('--links', path)))
  if (text === undefined) throw new UsageError(`--links: there is no file ${path}`)
  const links = parseLinkList(text)
  if (typeof links === 'string') throw new UsageError(`--links ${path}: ${links}`)
  return links
}
