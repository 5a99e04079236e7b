// One image command at a time on one root. The lock lies on the machine that works, named by the root's own device and
// inode: nothing of it gets into an image, and one that is read-only can still be looked at.

import {openFiles} from '../system/files.ts'
import {takeLock} from '../system/lock.ts'
import type {System} from '../system/system.ts'

/**
 * Takes the lock and gives the function that releases it.
 *
 * @throws LockedError if another living process works on this root; SystemError if others could write where it lies.
 */
export function takeImageLock({files}: System): () => void {
  const status = files.status('/')
  const name = `${status?.dev}-${status?.ino}.lock`
  // Of an ordinary user, who may have an image tree as well, everything is on a different path.
  const directory =
    process.geteuid?.() === 0 ? '/run/vmcontext-images' : `/tmp/vmcontext-images-${process.geteuid?.()}`
  const machine = openFiles('/')
  machine.makeDirectory(directory, 0o700)
  // In /tmp somebody else may have been there first, with links to what is ours: whoever takes the lock sees to that.
  return takeLock(machine, `${directory}/${name}`)
}

/** The same, and no boot either: on a running guest the agent would write its records anew meanwhile. */
export function takeGuestLock(system: System): () => void {
  const releaseImage = takeImageLock(system)
  if (!system.live) return releaseImage
  try {
    const releaseBoot = takeLock(system.files, '/run/vmcontext/lock')
    return () => {
      releaseBoot()
      releaseImage()
    }
  } catch (error) {
    releaseImage()
    throw error
  }
}
