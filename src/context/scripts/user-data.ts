// USER_DATA: what a cloud's user hands to a machine at its first boot (contract §3). A script, or cloud-config.

import {isUtf8} from 'node:buffer'
import type {Problem} from '../../problem.ts'
import {type Disc, placeOf} from '../disc.ts'
import {unpack, unpackIfGzip} from '../packed.ts'
import type {Assignment} from '../shell.ts'
import {pickVariable} from '../variables.ts'
import {type CloudConfig, type Complaint, parseCloudConfig} from './cloud-config.ts'
import {describeScript, type ScriptText} from './script-text.ts'
import type {UserFile} from './user-file.ts'

export type UserData = {
  /** The variable that it stands in. */
  key: string
  files: readonly UserFile[]
  /** The script that it is, or what cloud-config's `runcmd` asks for. */
  script?: ScriptText | undefined
}

/** Reads USER_DATA, else USERDATA. */
export function readUserData(disc: Disc, problems: Problem[]): UserData | undefined {
  if (disc.dropped.has('USER_DATA')) return undefined
  const variable = pickVariable(disc.variables, 'USER_DATA', 'USERDATA')
  if (variable === undefined) return undefined
  const place = placeOf(disc, variable)
  const refuse = (message: string, cure?: string) => {
    problems.push({...place, code: 'value-rejected', message, cure})
    return undefined
  }
  const content = unpackVariable(disc, variable)
  if (typeof content === 'string') return refuse(`this ${content}, so nothing of it is done`)
  const text = content.toString('utf8').replace(/^[\ufeff\s]+/, '')
  const foreign = findForeign(text)
  if (foreign !== undefined)
    return refuse(`this is ${foreign}, and none is taken: nothing of it is done`, cure)
  if (text.startsWith('#!')) return readScript(variable.name, content)
  const complaints: Complaint[] = []
  const isCloudConfig = /^#cloud-config\s*($|\n|#)/i.test(text)
  const isConfig = isCloudConfig || looksLikeCloudConfig(text)
  // Read all the same, it would write files with other bytes than its author has typed.
  if (isConfig && !isUtf8(content)) return refuse('this is not UTF-8, so nothing of it is done', recoding)
  const config = isConfig ? parseCloudConfig(align(content), complaints) : null
  if (config === null) return refuse('this begins neither with #! nor with #cloud-config', cure)
  if (!isCloudConfig) problems.push({...place, code: 'value-adjusted', message: unmarked, cure: marking})
  for (const {line, message, cure, isOfOthers} of complaints.sort((one, other) => one.line - other.line)) {
    const code = isOfOthers ? 'value-ignored' : 'value-rejected'
    problems.push({...place, code, message: `in its line ${line} ${message}`, cure})
  }
  return config && fromConfig(variable.name, config)
}

const cure = 'give a script that begins with #!, or #cloud-config with write_files and runcmd'
const recoding = 'save it as UTF-8, and give what is no text as content with the encoding b64'
const unmarked = 'this does not begin with #cloud-config and is taken for it all the same'
const marking = 'write #cloud-config into its first line, as cloud-init wants it'

/** Both spellings of the second name hold for both of the first, as in cloud-init and in one-context. */
function unpackVariable(disc: Disc, {value}: Assignment): Buffer | string {
  const encoding = pickVariable(disc.variables, 'USER_DATA_ENCODING', 'USERDATA_ENCODING')
  const bytes = unpack(Buffer.from(value), encoding?.value ?? '')
  return typeof bytes === 'string' ? bytes : unpackIfGzip(bytes)
}

/** The kinds of user data that cloud-init knows besides (its handlers/__init__.py). */
const foreignKinds: readonly (readonly [start: RegExp, kind: string])[] = [
  [/^## *template: *jinja/i, 'a template (jinja)'],
  [/^#include/i, 'a list of addresses to fetch more from (#include)'],
  [/^#part-handler/i, 'a handler for parts (#part-handler)'],
  [/^#cloud-boothook/i, 'a boot hook (#cloud-boothook)'],
  [/^#cloud-config-(archive|jsonp)/i, 'of a kind that only cloud-init knows (#cloud-config-…)'],
  [/^(content-type|mime-version):/im, 'a message of several parts (MIME)'],
]

/** Names the kind of something that is not taken. */
function findForeign(text: string): string | undefined {
  const isScript = text.startsWith('#!') || /^#cloud-config\s/i.test(text)
  if (isScript) return undefined
  return foreignKinds.find(([start]) => start.test(text.slice(0, 4096)))?.[1]
}

/** one-context never looks at the first line: it takes whatever is YAML. */
function looksLikeCloudConfig(text: string): boolean {
  return /^(write_files|runcmd) *:/m.test(text)
}

/** As text with its own line numbers. */
function align(content: Buffer): string {
  return content.toString('utf8').replace(/^\ufeff/, '')
}

function readScript(key: string, content: Buffer): UserData {
  const start = content.indexOf('#!')
  return {key, files: [], script: describeScript(key, content.subarray(start))}
}

function fromConfig(key: string, {files, commands}: CloudConfig): UserData {
  const script = commands === undefined ? undefined : describeScript('runcmd', Buffer.from(commands))
  return {key, files, script}
}
