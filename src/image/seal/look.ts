// The tree as operations see it: as it will be once what came from contexts is given back, through paths that nobody
// but root can lead elsewhere, and never into what is mounted from outside.

import type {Stats} from 'node:fs'
import {posix} from 'node:path'
import {globMatcher, isGlob} from '../../network/glob.ts'
import type {Problem} from '../../problem.ts'
import {type Manifest, readManifest} from '../../report/manifest.ts'
import {SystemError, unlessRefused} from '../../system/errors.ts'
import type {System} from '../../system/system.ts'
import {settlePlace} from '../give-back/place.ts'
import {readInside} from '../perform-inside.ts'
import {meetMount} from './foreign-mounts.ts'
import {type Home, listHomes} from './homes.ts'
import {collectTroubles} from './troubles.ts'

/** Where something is. `path` has no link on its way; `inside` as in a deed. */
export type Place = {
  path: string
  inside?: string | undefined
  /** Of the entry itself; undefined if it is yet to come. */
  status?: Stats | undefined
}

/** What a path will hold; null: nothing. */
export type Coming = ReadonlyMap<string, Buffer | null>

export type LookOptions = {
  /** Paths that are not to be entered. */
  foreign: readonly string[]
  coming?: Coming | undefined
  /** Delete the accounts that a context created. */
  accounts?: boolean | undefined
}

export type Look = ReturnType<typeof openLook>

/** Opens a tree for operations to look at. Nothing is changed by it. */
export function openLook(system: System, options: LookOptions) {
  const {files} = system
  const problems: Problem[] = []
  const manifest: Manifest = readManifest(system, problems)
  const isManifestRead = problems.length === 0
  const troubles = collectTroubles(problems)
  const {tell, tellRefusal, orElse} = troubles
  let coming: Coming = options.coming ?? new Map()
  let homes: Home[] | undefined

  const look = {
    system,
    manifest,
    /** False where it is damaged, or the machine refuses it: what contexts made is not known then. */
    isManifestRead,
    troubles,
    accounts: options.accounts ?? false,
    /** From here on the tree is looked at as it will be. */
    expect(changes: Coming): void {
      coming = changes
    },

    /** What a pattern stands for (glob(7); `*` meets hidden names as well), links at the end not followed. */
    find(pattern: string): Place[] {
      const paths = pattern.split('/').slice(1).reduce(expandPart, [''])
      return paths.flatMap(path => look.place(path) ?? [])
    },

    /** Where a path lies; undefined if nothing is there, or it is not ours to enter. */
    place(path: string): Place | undefined {
      const place = orElse(() => settlePlace(system, path), undefined)
      if (place === undefined) return undefined
      if ('obstacle' in place) {
        if (isThere(path)) tell({code: 'deed-left-out', file: path, message: place.obstacle})
        return undefined
      }
      const change = coming.get(place.path)
      if (change !== undefined) return change === null ? undefined : place
      const status = orElse(() => files.linkStatus(place.path), undefined)
      if (status === undefined) return undefined
      const mount = meetMount(options.foreign, place.path)
      if (mount === undefined) return {...place, status}
      tell({
        code: 'deed-left-out',
        message: `${mount} is not part of the image but mounted there: not entered`,
      })
      return undefined
    },

    /** Whether anything is there, links followed. */
    has: (path: string) => coming.get(path) !== undefined || isThere(path),

    /** Whether a path leads somewhere, by links that nobody but root can lead elsewhere. */
    leads: (path: string) => settle(path) !== undefined && (look.place(path) !== undefined || isThere(path)),

    /** The text of a file that is one, bytes as latin1; '' for any other. One that is too large for that is told. */
    text({path, inside, status}: Place): string {
      const bytes = coming.get(path)
      if (bytes !== undefined) return bytes?.toString('latin1') ?? ''
      if (!status?.isFile()) return ''
      if (status.size > textLimit) {
        tellRefusal(new SystemError(`look into ${path}`, new Error('it is too large')))
        return ''
      }
      const read = () => readInside(files, path, inside ?? posix.dirname(path), textLimit)
      return orElse(read, undefined)?.toString('latin1') ?? ''
    },

    /** The text of a file that only root may exchange, links followed; '' if there is none. */
    textOf(path: string): string {
      const place = orElse(() => settlePlace(system, path, {followsEnd: true}), undefined)
      if (place === undefined || 'obstacle' in place) return ''
      return look.text({...place, status: orElse(() => files.linkStatus(place.path), undefined)})
    },

    /** The homes of accounts, and of those that are below /home all the same. */
    homes(): Home[] {
      homes ??= listHomes(look, listNames)
      return homes
    },
  }
  return look

  function isThere(path: string): boolean {
    return orElse(() => files.linkStatus(path), undefined) !== undefined
  }

  function expandPart(found: readonly string[], part: string): string[] {
    if (!isGlob(part)) return found.map(directory => `${directory}/${part}`)
    const isMeant = globMatcher(part)
    return found.flatMap(directory =>
      listNames(directory)
        .filter(isMeant)
        .map(name => `${directory}/${name}`),
    )
  }

  function listNames(directory: string): string[] {
    const place = settle(directory)
    const names = place === undefined ? [] : unlessRefused(() => files.list(place), refuseListing)
    const others = [...coming].filter(([path, bytes]) => bytes !== null && posix.dirname(path) === place)
    return [...new Set([...names, ...others.map(([path]) => posix.basename(path))])]
  }

  /** What is no directory, and links that lead in a circle, have nothing in them. */
  function refuseListing(refusal: SystemError): string[] {
    if (!['ENOTDIR', 'ELOOP'].includes(refusal.code)) tellRefusal(refusal)
    return []
  }

  function settle(directory: string): string | undefined {
    const place = unlessRefused(
      () => settlePlace(system, directory, {followsEnd: true}),
      () => undefined,
    )
    return place === undefined || 'obstacle' in place ? undefined : place.path
  }
}

/** More than any file that is read here has; a shadow(5) of fifty thousand accounts has less. */
const textLimit = 16 * 1024 * 1024
