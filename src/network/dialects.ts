// Every dialect that vmcontext speaks. A new one is a file, a line here and its table in test/network.

import type {Dialect} from './dialect.ts'
import {interfaces} from './interfaces/interfaces.ts'
import {netplan} from './netplan/netplan.ts'
import {networkd} from './networkd/networkd.ts'
import {nm} from './nm/nm.ts'
import {redhat} from './redhat/redhat.ts'
import {suse} from './suse/suse.ts'

export const dialects: readonly Dialect[] = [interfaces, redhat, suse, netplan, networkd, nm]
