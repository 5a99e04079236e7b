// The UUID of a profile: the same for the same NIC on every run (RFC 9562, version 5).

import {createHash} from 'node:crypto'
import type {Nic} from '../model.ts'

type Card = Pick<Nic, 'mac' | 'newMac'>

/** What NetworkManager knows the profile of a NIC by; it survives a change of the NIC's name. */
export function uuidOfNic(nic: Card): string {
  return makeUuid(lastingMac(nic))
}

/** What NetworkManager knows the profile of the VLAN on a NIC by. */
export function uuidOfVlan(nic: Card, id: number): string {
  return makeUuid(`${lastingMac(nic)} vlan ${id}`)
}

/** A MAC that the link is given is the only one to be seen from then on. */
function lastingMac({mac, newMac}: Card): string {
  return newMac ?? mac
}

/** Made once at random. Another one would give every profile in the field another UUID. */
const namespace = '2f6a54c0-8f0b-4d5e-9b61-7c9b7d1f6e23'

function makeUuid(name: string): string {
  const digest = createHash('sha1')
    .update(Buffer.from(namespace.replaceAll('-', ''), 'hex'))
    .update(name)
    .digest()
  digest[6] = (digest[6]! & 0x0f) | 0x50
  digest[8] = (digest[8]! & 0x3f) | 0x80
  const hex = digest.toString('hex')
  const ends = [0, 8, 12, 16, 20, 32]
  return ends
    .slice(1)
    .map((end, index) => hex.slice(ends[index], end))
    .join('-')
}
