// Under which ID a NIC of ours stands. netplan merges what stands under one ID, and networkd takes of several files
// that fit a NIC the first one by name, which is made of the ID.

import type {Nic} from '../model.ts'
import {canBeAbout, type Definition} from './definition.ts'

export type IdRequest = {
  nic: Nic
  /** IDs under which others, or we ourselves, describe the NIC; the first is to be kept if that can be. */
  known: readonly string[]
}

/** Chooses an ID for each NIC. `others`: what stays in the files of others; `broad`: those of it that fit many NICs. */
export function chooseIds(
  requests: readonly IdRequest[],
  others: readonly Definition[],
  broad: readonly Definition[],
): Map<Nic, string> {
  const chosen = new Map<Nic, string>()
  const taken = new Set(others.map(({id}) => id))
  const choose = ({nic}: IdRequest, candidates: readonly string[]) => {
    const rivals = broad.filter(definition => canBeAbout(definition, nic.device))
    const id = candidates.find(id => !taken.has(id) && rivals.every(rival => sortsBefore(id, rival.id)))
    if (id === undefined) return
    taken.add(id)
    chosen.set(nic, id)
  }
  for (const request of requests)
    choose(
      request,
      request.known.filter(id => !isOfManager(id)),
    )
  for (const request of requests.filter(({nic}) => !chosen.has(nic))) {
    const {device} = request.nic
    choose(request, [device, `0-${device}`])
    // Nothing sorts before the rival: it is named in the report.
    if (!chosen.has(request.nic)) chosen.set(request.nic, `0-${device}`)
  }
  return chosen
}

/** Tells whether networkd tries the file of one ID before that of another. */
export function sortsBefore(id: string, other: string): boolean {
  return `${id}.network` < `${other}.network`
}

/** `nmcli connection delete` takes such an entry out of whatever file it is in. */
function isOfManager(id: string): boolean {
  return id.startsWith('NM-')
}
