// Public keys for tests, made of nothing: their blobs are well-formed, nobody has the private halves.

/** A key of a type with a body that `seed` tells from others, and a comment. */
export function makeKey(seed: string, {type = 'ssh-ed25519', comment = `${seed}@test`} = {}): string {
  const field = (bytes: Buffer) => Buffer.concat([Buffer.from([0, 0, 0, bytes.length]), bytes])
  const body = Buffer.alloc(32, seed)
  const blob = Buffer.concat([field(Buffer.from(type)), field(body)]).toString('base64')
  return `${type} ${blob} ${comment}`.trimEnd()
}
