// What to do about a deed that the machine refused.

/** By the name of the error (errno(3)). */
const cures: Readonly<Record<string, string>> = {
  EACCES: 'run as root; see lsattr for an immutable file',
  EPERM: 'run as root; see lsattr for an immutable file',
  EBUSY: 'see what is mounted there (findmnt) and run vmcontext boot again',
  EDQUOT: 'free some space and run vmcontext boot again',
  ENOSPC: 'free some space and run vmcontext boot again',
  EFBIG: 'raise the limit (ulimit -f) and run vmcontext boot again',
  EISDIR: 'move the directory away and run vmcontext boot again',
  EMLINK: 'see what fills the directory and run vmcontext boot again',
  EROFS: 'mount the file system for writing and run vmcontext boot again',
  EIO: 'see dmesg for errors of the disk and run vmcontext boot again',
  EUCLEAN: 'check the file system (fsck) and run vmcontext boot again',
  EMFILE: 'raise the limit (ulimit -n) and run vmcontext boot again',
  ENFILE: 'raise the limit (sysctl fs.file-max) and run vmcontext boot again',
  ENOMEM: 'give the machine more memory and run vmcontext boot again',
  /** Ours (directory.ts). */
  ENOPROC: 'mount -t proc proc /proc, and run vmcontext boot again',
  ELOOP: 'see where the links lead and run vmcontext boot again',
}

/** What a person can do about an error; undefined where nobody knows. */
export function cureOf(code: string): string | undefined {
  return cures[code]
}
