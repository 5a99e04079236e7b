// What is to be done to an image, as data, with the reason for each: install, uninstall, take-over and seal plan a list
// of deeds, show it, and have it carried out. Unlike the actions of a boot, a deed needs no manifest: what it replaces
// is kept only if its planner says so.

import type {Ownership} from '../system/files.ts'

/** Puts a file in place. A symbolic link at the path is replaced, not followed. */
export type WriteDeed = {
  kind: 'write'
  path: string
  content: string | Uint8Array
  mode: number
  owner?: Ownership | undefined
}

/** Copies a large file into the image, piece by piece. */
export type CopyDeed = {
  kind: 'copy'
  /** A path of this machine. */
  from: string
  path: string
  mode: number
}

/** Takes a file, a link or a whole tree away. No link is followed and no mount is entered. */
export type RemoveDeed = {kind: 'remove'; path: string}

/** Takes the content out of a file and leaves the file, its owner and its mode. */
export type EmptyDeed = {kind: 'empty'; path: string}

/** Makes a symbolic link. */
export type LinkDeed = {kind: 'link'; path: string; target: string}

/** Creates a directory that may be there already. */
export type MakeDirectoryDeed = {kind: 'make-directory'; path: string; mode: number}

/** Runs a tool of the guest: on the running machine only. `purpose` completes the sentence "could not …". */
export type RunDeed = {
  kind: 'run'
  argv: readonly [string, ...string[]]
  purpose: string
  timeoutMs: number
  /** It may fail: the deeds around it are enough. */
  optional?: boolean
}

export type Deed = (
  | WriteDeed
  | CopyDeed
  | RemoveDeed
  | EmptyDeed
  | LinkDeed
  | MakeDirectoryDeed
  | RunDeed
) & {
  /** What is done for what, for a person: "the unit of the local stage". */
  reason: string
  /**
   * A directory that others than root may write, such as a home, which the path lies in: from there on no symbolic link
   * is followed, whoever exchanges what meanwhile.
   */
  inside?: string | undefined
}
