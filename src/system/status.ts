// What is under a path, where most paths that are asked for have nothing under them.

import type {lstatSync, Stats, statSync} from 'node:fs'
import {codeOf} from './errors.ts'

/** The status of a path; undefined if nothing is there. No error is made for that: it takes longer than the look. */
export function lookAt(stat: typeof statSync | typeof lstatSync, path: string): Stats | undefined {
  try {
    return stat(path, {throwIfNoEntry: false})
  } catch (error) {
    if (codeOf(error) === 'ENOTDIR') return undefined
    throw error
  }
}
