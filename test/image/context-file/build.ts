// Builds discs from templates in a directory of a test, and reads what is on them.

import {join} from 'node:path'
import type {TestContext} from 'node:test'
import {execa} from 'execa'
import {type Run, runVmcontext} from '../../run-vmcontext.ts'
import {makeDirectory} from '../../temporary.ts'

export type Built = Run & {place: string; iso: string}

/** Runs `disc build vm.one` in a directory with these files; options that name one of them get its path. */
export async function build(
  t: TestContext,
  files: Record<string, string | Uint8Array>,
  ...options: string[]
): Promise<Built> {
  const place = makeDirectory(t, files)
  const iso = join(place, 'context.iso')
  const known = options.map(option => (option in files || option === '.' ? join(place, option) : option))
  const run = await runVmcontext('disc', 'build', join(place, 'vm.one'), '-o', iso, ...known)
  const hide = (text: string) => text.replaceAll(`${place}/`, '')
  return {...run, output: hide(run.output), errors: hide(run.errors), place, iso}
}

/** A file of an image, read by a program that is not ours. */
export async function extract(iso: string, path: string): Promise<string> {
  const {stdout} = await execa('isoinfo', ['-i', iso, '-R', '-x', `/${path}`], {stripFinalNewline: false})
  return stdout
}
