// Who carries out what netplan reads: systemd-networkd or NetworkManager, netplan-yaml(5), `renderer`.

import type {Surroundings} from '../dialect.ts'

export type Renderer = 'networkd' | 'NetworkManager'

const networkdPrograms = ['/usr/lib/systemd/systemd-networkd', '/lib/systemd/systemd-networkd']
const networkManager = '/usr/sbin/NetworkManager'

export const rendererLandmarks = [...networkdPrograms, networkManager]

export type RendererChoice = {
  renderer: Renderer
  /** What our entries have to say for it; a line for the whole network would change the NICs of others. */
  line?: Renderer | undefined
}

/** Chooses by what somebody said, then by what netplan's files say for all NICs, then by what is enabled here. */
export function chooseRenderer(surroundings: Surroundings, global: string | undefined): RendererChoice {
  const byDefault = global === 'NetworkManager' ? 'NetworkManager' : 'networkd'
  const wanted = surroundings.netplanRenderer ?? (global === undefined ? whoIsThere(surroundings) : byDefault)
  return {renderer: wanted, line: wanted === byDefault ? undefined : wanted}
}

function whoIsThere(surroundings: Surroundings): Renderer {
  const {landmarks} = surroundings
  if (!landmarks.has(networkManager)) return 'networkd'
  if (!networkdPrograms.some(path => landmarks.has(path))) return 'NetworkManager'
  const isManaged = isStartedAtBoot('NetworkManager', surroundings)
  return isManaged && !isStartedAtBoot('networkd', surroundings) ? 'NetworkManager' : 'networkd'
}

/** Tells whether something but netplan starts it at boot. netplan itself starts networkd where it has files for it. */
export function isStartedAtBoot(renderer: Renderer, {services}: Surroundings): boolean {
  const names = {networkd: ['systemd-networkd'], NetworkManager: ['NetworkManager', 'network-manager']}
  return names[renderer].some(name => services.has(name))
}
