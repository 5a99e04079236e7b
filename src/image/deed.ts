// What is to be done to an image, as data, with the reason for each: install, uninstall, take-over and seal plan a list
// of deeds, show it, and have it carried out. Unlike the actions of a boot, a deed needs no manifest: what it replaces
// is kept only if its planner says so.

import type {KeysPlace} from '../context/login/keys-place.ts'
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

/** Removes a directory if it is empty. */
export type RemoveDirectoryDeed = {kind: 'remove-directory'; path: string}

/** Takes the content out of a file and leaves the file, its owner and its mode. */
export type EmptyDeed = {kind: 'empty'; path: string}

/** Makes a symbolic link. */
export type LinkDeed = {kind: 'link'; path: string; target: string}

/** Gives a file or a link another name in its directory, in one step. */
export type RenameDeed = {kind: 'rename'; path: string; to: string}

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

/** Takes keys out of a file of an account, as the user where it lies in a home. Every other line stays. */
export type RevokeKeysDeed = {
  kind: 'revoke-keys'
  account: string
  place: KeysPlace
  lines: readonly string[]
}

/** Puts `*` in the place of a password: nothing matches it, and keys still count. */
export type LockPasswordDeed = {kind: 'lock-password'; account: string}

/** Deletes an account, its group, its home and its mail. The planner has seen that it is one that we made. */
export type DeleteAccountDeed = {kind: 'delete-account'; account: string}

export type Deed = (
  | WriteDeed
  | CopyDeed
  | RemoveDeed
  | RemoveDirectoryDeed
  | EmptyDeed
  | LinkDeed
  | RenameDeed
  | MakeDirectoryDeed
  | RunDeed
  | RevokeKeysDeed
  | LockPasswordDeed
  | DeleteAccountDeed
) & {
  /** What is done for what, for a person: "the unit of the local stage". */
  reason: string
  /**
   * A directory that others than root may write, such as a home, which the path lies in: from there on no symbolic link
   * is followed, whoever exchanges what meanwhile.
   */
  inside?: string | undefined
}

/** The paths of what deeds make anew: its security labels are still to be set. */
export function listMade(deeds: readonly Deed[]): string[] {
  const kinds: readonly Deed['kind'][] = ['write', 'copy', 'link', 'make-directory']
  return deeds.flatMap(deed => (kinds.includes(deed.kind) && 'path' in deed ? [deed.path] : []))
}
