// What a person would see who looks around on this machine: shown before something is done to it that was perhaps meant
// for an image.

import {readMounts} from '../facts/storage/mounts.ts'
import {unlessRefused} from '../system/errors.ts'
import {findProgram} from '../system/programs.ts'
import type {System} from '../system/system.ts'

/** Says what speaks against this machine being a guest or an image, a line each. */
export function describeMachine(system: System): string[] {
  const {files} = system
  const read = (path: string) =>
    unlessRefused(
      () => files.readText(path)?.trim() ?? '',
      () => '',
    )
  const name = read('/proc/sys/kernel/hostname')
  const maker = ['sys_vendor', 'product_name'].map(file => read(`/sys/class/dmi/id/${file}`)).filter(Boolean)
  const isVirtual = /^flags\s*:.*\bhypervisor\b/m.test(read('/proc/cpuinfo'))
  const hosts = hostPrograms.filter(([program]) => findProgram(system, program) !== undefined)
  const home = readMounts(system).some(({point}) => point === '/home')
  const users = countUsers(system)
  return [
    `its name is ${name === '' ? 'not known' : name}`,
    maker.length === 0 ? 'its maker is not known' : `it was made by ${maker.join(', ')}`,
    ...(isVirtual ? [] : ['its processor tells of no hypervisor']),
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
