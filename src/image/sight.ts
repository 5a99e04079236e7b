// What a person would see who looks around on this machine: shown before something is done to it that was perhaps meant
// for an image.

import {readMounts} from '../facts/storage/mounts.ts'
import {findProgram} from '../system/programs.ts'
import type {System} from '../system/system.ts'
import {readKernelText, tellsOfHypervisor} from './target.ts'

/** Says what speaks against this machine being a guest or an image, a line each. */
export function describeMachine(system: System): string[] {
  const name = readKernelText(system, '/proc/sys/kernel/hostname')
  const identity = ['sys_vendor', 'product_name'].map(file => `/sys/class/dmi/id/${file}`)
  const maker = identity.map(path => readKernelText(system, path)).filter(Boolean)
  const hosts = hostPrograms.filter(([program]) => findProgram(system, program) !== undefined)
  const home = readMounts(system).some(({point}) => point === '/home')
  const users = countUsers(system)
  return [
    `its name is ${name === '' ? 'not known' : name}`,
    maker.length === 0 ? 'its maker is not known' : `it was made by ${maker.join(', ')}`,
    ...(tellsOfHypervisor(system) ? [] : ['its processor tells of no hypervisor']),
    ...hosts.map(([program, words]) => `${words} (${program})`),
    ...(home ? ['/home is a file system of its own'] : []),
    ...(users > 0 ? [`${users} ${users === 1 ? 'user is' : 'users are'} logged in`] : []),
  ]
}

/** Programs of those who run guests, not of guests. */
const hostPrograms = [
  ['libvirtd', 'it runs virtual machines'],
  ['virtqemud', 'it runs virtual machines'],
  ['oned', 'it is a front end of OpenNebula'],
  ['dockerd', 'it runs containers'],
] as const

/** The sessions that logind knows; without it, those of utmp(5). */
function countUsers({files}: System): number {
  const sessions = files.list('/run/systemd/sessions').filter(name => !name.includes('.'))
  if (sessions.length > 0) return sessions.length
  const records = files.read('/run/utmp') ?? Buffer.alloc(0)
  const size = 384
  const userProcess = 7
  const starts = Array.from({length: Math.floor(records.length / size)}, (_, index) => index * size)
  return starts.filter(start => records.readInt16LE(start) === userProcess).length
}
