// What an installed agent consists of on one root: files, links, and lines in files of others.

export type Wanted = (
  | {kind: 'file'; path: string; content: string; mode: number}
  /** A file of this machine, too large to hold in memory. */
  | {kind: 'copy'; path: string; from: string; mode: number}
  | {kind: 'link'; path: string; target: string}
) & {
  reason: string
  /** Only where nothing of this name is there: it belongs to whoever owns the image. */
  isExample?: boolean
}

/** A change of what belongs to others: not ours to remove as a whole. */
export type SharedChange =
  | {kind: 'edit'; path: string; content: string; mode: number; reason: string}
  | {kind: 'rename'; path: string; to: string; reason: string}

/** How the agent is started on one kind of root. */
export type Start = {
  wanted: readonly Wanted[]
  shared: readonly SharedChange[]
  /** Tools of the guest that take notice, on the running machine. */
  tools: readonly [string, ...string[]][]
}
