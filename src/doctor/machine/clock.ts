// Checks the clock. One that is wrong makes certificates invalid, passwords expire, and logs tell fairy tales.

import {isInContainer} from '../../facts/screen.ts'
import type {Problem} from '../../problem.ts'
import {unlessRefused} from '../../system/errors.ts'
import type {System} from '../../system/system.ts'
import type {Check} from '../check.ts'
import {doubtful, note, wrong} from '../problems.ts'

export const clockCheck: Check = {
  id: 'clock',
  title: 'the clock',
  needs: ['kernel'],
  examine({system, prepared}) {
    const now = Date.now()
    const isContainer = isInContainer(system)
    const keeper = isContainer ? 'its host' : timeServices.find(name => prepared.facts.services.has(name))
    const clock = readClock(system, isContainer)
    const said = keeper === undefined ? '' : `, kept by ${keeper}`
    return {
      facts: [`${formatTime(now)}${said}`],
      problems: [...judgeClock(now, clock), ...(keeper === undefined ? [describeNoKeeper()] : [])],
    }
  },
}

/** What tells about the time besides the clock of the kernel. All times in milliseconds since 1970. */
export type ClockFacts = {
  /** When files were written that cannot be older than this guest, by path. */
  written: readonly {path: string; time: number}[]
  /** The clock of the hardware; undefined where there is none. */
  hardware?: number | undefined
  /** It shows the time of the place and not UTC (hwclock(8), adjtime). */
  isHardwareLocal: boolean
}

/** The agents of hypervisors are not among them: they set the clock once, after a pause, or when told to. */
const timeServices = [
  ...['chrony', 'chronyd', 'systemd-timesyncd', 'ntp', 'ntpd', 'ntpsec', 'openntpd', 'busybox-ntpd'],
]

/** Written by the distribution, by an installation, and at boots. */
const writtenFiles = [
  '/etc/os-release',
  '/usr/lib/os-release',
  '/usr/sbin/vmcontext',
  '/etc/passwd',
  '/var/lib/dpkg/status',
  '/var/lib/rpm',
  '/var/lib/systemd/timesync/clock',
  '/var/log/wtmp',
]

/** A container has the clock of its host, and may touch neither that nor the hardware's. */
function readClock(system: System, isContainer: boolean): ClockFacts {
  const {files} = system
  const written = writtenFiles.flatMap(path => {
    const status = unlessRefused(
      () => files.status(path),
      () => undefined,
    )
    return status === undefined ? [] : [{path, time: status.mtimeMs}]
  })
  const seconds = isContainer ? 0 : Number(readQuietly(system, '/sys/class/rtc/rtc0/since_epoch'))
  const isHardwareLocal = /^LOCAL$/m.test(readQuietly(system, '/etc/adjtime'))
  return {written, hardware: seconds > 0 ? seconds * 1000 : undefined, isHardwareLocal}
}

function readQuietly({files}: System, path: string): string {
  return unlessRefused(
    () => files.readText(path) ?? '',
    () => '',
  )
}

const minute = 60_000
const day = 24 * 60 * minute
/** Nobody runs this program before, and nobody keeps a guest for so long. */
const plausible = {from: Date.UTC(2024, 0), to: Date.UTC(2100, 0)}

/** Judges the time by what else is known of it. */
export function judgeClock(now: number, {written, hardware, isHardwareLocal}: ClockFacts): Problem[] {
  const setIt = `set it: date -u -s '${hardware === undefined ? 'YYYY-MM-DD hh:mm:ss' : formatTime(hardware).replace(' UTC', '')}'; then let chrony or another time service keep it`
  // One file alone may have a wrong date of its own.
  const [, later] = written.filter(({time}) => time > now + day).sort((one, other) => other.time - one.time)
  if (now < plausible.from || later !== undefined) {
    const proof = later === undefined ? '' : `, but ${later.path} was written ${formatTime(later.time)}`
    const message = `the clock says ${formatTime(now)}${proof}: certificates, passwords and logs go by it`
    return [wrong({message, cure: cureOf(setIt, hardware, now)})]
  }
  if (now > plausible.to) {
    return [wrong({message: `the clock says ${formatTime(now)}, which is far ahead`, cure: setIt})]
  }
  if (hardware === undefined || Math.abs(hardware - now) <= 5 * minute) return []
  // Another zone is whole quarters of an hour away, and at most 14 hours.
  const rest = Math.abs(hardware - now) % (15 * minute)
  const isZone = Math.abs(hardware - now) < 14.1 * 60 * minute && Math.min(rest, 15 * minute - rest) < minute
  const words = `the clock of the hardware says ${formatTime(hardware)}, that of the guest ${formatTime(now)}`
  if (isHardwareLocal && isZone) return [note({message: `${words}: it shows the time of the place`})]
  return [doubtful({message: words, cure: 'hwclock --systohc, if that of the guest is right'})]
}

function cureOf(setIt: string, hardware: number | undefined, now: number): string {
  const isHardwareAhead = hardware !== undefined && hardware > now + day
  return isHardwareAhead ? 'take that of the hardware: hwclock --hctosys' : setIt
}

function describeNoKeeper(): Problem {
  const message = 'nothing that keeps the clock right is started at boot'
  return note({message, cure: 'install chrony or systemd-timesyncd'})
}

function formatTime(time: number): string {
  return `${new Date(time).toISOString().slice(0, 19).replace('T', ' ')} UTC`
}
