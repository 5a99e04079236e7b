// Names as the Linux kernel's isofs gives them where there is no Rock Ridge (fs/isofs/dir.c and joliet.c).

/** A name of ISO 9660: in small letters, without `;1` and the dot before it (its mount option map=normal). */
export function readPlainName(bytes: Buffer): string {
  const name = bytes.toString('latin1').replace(/\0.*$/s, '')
  return name
    .replace(/[A-Z]/g, letter => letter.toLowerCase())
    .replace(/\.?;1$/, '')
    .replaceAll(/[;/]/g, '.')
}

/** A name of Joliet: UCS-2, the first byte the high one; without `;1` and dots at its end. */
export function readJolietName(bytes: Buffer): string {
  const even = Buffer.from(bytes.subarray(0, bytes.length & ~1)).swap16()
  const name = even
    .toString('utf16le')
    .replace(/\0.*$/s, '')
    .replace(/(?<=.);1$/s, '')
  return name.replace(/(?<=.)\.+$/s, '').replaceAll('/', '_')
}

/** Whether an entry of a directory can have this name. */
export function isFileName(name: string): boolean {
  return name !== '' && name !== '.' && name !== '..' && !/[/\0]/.test(name) && Buffer.byteLength(name) <= 255
}
