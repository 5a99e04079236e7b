// Whether what is to be put fits: asked before anything is done.

import {dirname} from 'node:path'
import {openFiles} from '../../system/files.ts'
import type {System} from '../../system/system.ts'
import {readFreeSpace} from '../../system/trees.ts'
import type {Deed} from '../deed.ts'

/** For directories, links, and what every file system rounds up. */
const slackBytes = 256 * 1024

/**
 * Says what is missing on which file system; undefined if all of it fits. What is replaced stays until all is done, so
 * it gives no space.
 */
export function findShortage(system: System, deeds: readonly Deed[]): string | undefined {
  const needs = new Map<number, {bytes: number; path: string}>()
  for (const deed of deeds) {
    const bytes = sizeOf(deed)
    if (bytes === 0 || !('path' in deed)) continue
    const device = deviceOf(system, deed.path)
    const earlier = needs.get(device)
    needs.set(device, {bytes: (earlier?.bytes ?? slackBytes) + bytes, path: earlier?.path ?? deed.path})
  }
  for (const {bytes, path} of needs.values()) {
    const free = readFreeSpace(system.files, path)
    if (free < bytes)
      return `${megabytes(bytes)} are needed for ${path}, and ${megabytes(free)} are free there`
  }
  return undefined
}

function sizeOf(deed: Deed): number {
  if (deed.kind === 'copy') return openFiles('/').status(deed.from)?.size ?? 0
  return deed.kind === 'write' ? Buffer.byteLength(deed.content) : 0
}

function deviceOf({files}: Pick<System, 'files'>, path: string): number {
  const status = files.status(dirname(path))
  return status === undefined ? deviceOf({files}, dirname(path)) : status.dev
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(bytes < 10e6 ? 1 : 0)} MB`
}
