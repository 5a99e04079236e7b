// What the agent carries along to install: init scripts, units, rules, the manual. The build puts the files' texts in
// the place of this module (packaging/payload.ts); run from the sources, they are read where they lie.

import {join} from 'node:path'
import {collectPayload} from '../../../packaging/payload.ts'

/** A file that is installed, by the path it has in dist/init, or man/NAME, completions/NAME, vmcontext.conf. */
export type Payload = Readonly<Record<string, string>>

export const payload: Payload = await collectPayload()

/** Where the build leaves the agent; undefined in the agent itself. */
export const builtAgent: string | undefined = join(import.meta.dirname, '../../../dist/vmcontext')
