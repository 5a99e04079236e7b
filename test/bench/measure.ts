// One measurement: a program is run in a guest, and the kernel tells what it took.

import {arch} from 'node:process'
import type {Guest} from '../guests/guest.ts'

/** What one run of a program and its children took. */
export type Taken = {
  /** From just before the fork to just after the end. */
  wallMs: number
  /** Of all processors, in user mode and in the kernel. */
  cpuMs: number
  /** The most memory that any one process of it had at a time, pages shared with others included. */
  peakKiB: number
  /** Bytes read from the disk; only where the disk is cold. */
  readKiB?: number
}

const instrumentPath = '/root/instrument'

/** The numbers of getrusage and clock_gettime. perl-base, which every Debian has, brings no module that knows them. */
const calls = arch === 'arm64' ? {rusage: 165, clock: 113} : {rusage: 98, clock: 228}

const instrument = `use strict;
sub now { my $time = "\\0" x 16; syscall(${calls.clock}, 1, $time); my ($s, $ns) = unpack 'q2', $time; $s * 1e3 + $ns / 1e6 }
open STDIN, '<', '/dev/null';
my $begin = now();
my $child = fork;
if ($child == 0) {
  open STDOUT, '>', '/dev/null';
  open STDERR, '>', '/dev/null';
  exec { $ARGV[0] } @ARGV;
  exit 127;
}
waitpid $child, 0;
my ($status, $end) = ($?, now());
my $usage = "\\0" x 144;
syscall(${calls.rusage}, -1, $usage);
my ($us, $uus, $ss, $sus, $peak) = unpack 'q5', $usage;
printf "%d %.3f %.3f %d\\n", $status, $end - $begin, ($us + $ss) * 1e3 + ($uus + $sus) / 1e3, $peak;
`

/** Puts into a guest what measures there. */
export async function installInstrument(guest: Guest): Promise<void> {
  await guest.writeFile(instrumentPath, instrument)
}

/**
 * Runs a program in a guest and measures it.
 *
 * @param prepare a shell script that is run before and not measured.
 * @throws Error if the program does not end with exit code 0.
 */
export async function measure(guest: Guest, argv: readonly string[], prepare = ':'): Promise<Taken> {
  const script = `${prepare}\nexec perl ${instrumentPath} "$@"`
  const output = await guest.expect(['sh', '-c', script, 'sh', ...argv])
  const [status, wallMs, cpuMs, peakKiB] = output.trim().split(' ').map(Number)
  if (status !== 0) throw new Error(`${argv.join(' ')}: wait status ${status}`)
  return {wallMs: wallMs!, cpuMs: cpuMs!, peakKiB: peakKiB!}
}
