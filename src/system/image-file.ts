// A large file that is written piece by piece, and is there as a whole or not at all.

import {
  chmodSync,
  closeSync,
  constants,
  copyFileSync,
  fsyncSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import {basename, dirname, join} from 'node:path'
import {attempt} from './errors.ts'
import type {Files} from './files.ts'
import {readPieces} from './pieces.ts'

export type ImageFile = {
  write(bytes: Uint8Array): void
  /** Appends a file of this machine, of which so many bytes are expected. */
  copyFrom(path: string, size: number): void
  /** Puts the file in its place. */
  finish(): void
  /** Leaves nothing behind; safe to call after `finish`. */
  abandon(): void
}

/** There may be passwords on a disc: whoever gives it to others decides that (contract §2). */
const imageMode = 0o600

/** A name beside a file for what becomes it: always the same, so that what a killed run has left is replaced. */
export function pathBeside(files: Files, path: string, suffix: 'new' | 'files'): string {
  const target = files.locateTarget(path)
  return join(dirname(target), `.${basename(target)}.vmcontext-${suffix}`)
}

/** Begins a file, which only its owner may read. A device is never replaced. */
export function createImageFile(files: Files, path: string): ImageFile {
  const temporary = pathBeside(files, path, 'new')
  const descriptor = attempt(`write ${path}`, () => {
    rmSync(temporary, {force: true})
    return openSync(temporary, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, imageMode)
  })
  let isOpen = true
  const write = (bytes: Uint8Array) => attempt(`write ${path}`, () => writeWhole(descriptor, bytes))
  const close = () => {
    if (isOpen) closeSync(descriptor)
    isOpen = false
  }
  return {
    write,
    copyFrom: (from, size) => readPieces(from, write, size),
    finish() {
      attempt(`write ${path}`, () => fsyncSync(descriptor))
      close()
      putInPlace(files, temporary, path)
    },
    abandon() {
      close()
      rmSync(temporary, {force: true})
    },
  }
}

/** Gives a file that some program has written its name. */
export function putInPlace(files: Files, temporary: string, path: string): void {
  attempt(`write ${path}`, () => {
    const target = files.locateTarget(path)
    chmodSync(temporary, imageMode)
    for (const file of [temporary, dirname(target)]) {
      const descriptor = openSync(file, constants.O_RDONLY)
      fsyncSync(descriptor)
      closeSync(descriptor)
      if (file === temporary) renameSync(temporary, target)
    }
  })
}

/** Makes a directory that nobody else gets into. One that is there already may be a trap: then it throws. */
export function createPrivateDirectory(path: string): void {
  attempt(`create the directory ${path}`, () => mkdirSync(path, {mode: 0o700}))
}

/** Makes a file in a directory of our own, with bytes or as a copy; file systems that can, share the blocks. */
export function layOutFile(path: string, content: Uint8Array | {from: string}, mode: number): void {
  attempt(`write ${path}`, () => {
    if (content instanceof Uint8Array) writeFileSync(path, content)
    else copyFileSync(content.from, path, constants.COPYFILE_FICLONE)
    chmodSync(path, mode)
  })
}

function writeWhole(descriptor: number, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length; ) at += writeSync(descriptor, bytes, at)
}
