// All that is to be on a disc, from the files that a person has on their desk. Nothing is written here.

import type {Assignment} from '../../context/shell.ts'
import {parseShellFile} from '../../context/shell.ts'
import type {Problem} from '../../problem.ts'
import type {System} from '../../system/system.ts'
import type {DiscEntry} from '../disc/build-image.ts'
import type {Generation} from '../template/generation.ts'
import {parseTemplate} from '../template/parse-template.ts'
import {placeOf, type Template} from '../template/template.ts'
import {TemplateError} from '../template/template-error.ts'
import {readVirtualNetwork} from '../template/virtual-network.ts'
import {collectFiles, type FoundFile} from './collect-files.ts'
import {type FileRequest, readFiles, readImageFiles} from './file-requests.ts'
import {formatContextFile, labels} from './format.ts'
import {type MadeContext, makeContext} from './make-context.ts'
import {makeToken, wantsToken} from './onegate.ts'
import {placeOfValue} from './resolve-context.ts'

/** What a person gives for a disc: paths of this machine that exist, and values by name in capitals. */
export type DiscRequest = {
  template: string
  networks: readonly string[]
  user?: string | undefined
  images: readonly string[]
  files?: string | undefined
  settings: ReadonlyMap<string, string>
  generation: Generation
}

export type DiscPlan = {
  label: string | undefined
  entries: DiscEntry[]
  /** context.sh as a guest reads it. */
  variables: readonly Assignment[]
  files: FoundFile[]
  problems: Problem[]
}

/** Plans a disc. @throws TemplateError if nothing can be made of one of the templates. */
export async function planDisc(machine: System, request: DiscRequest): Promise<DiscPlan> {
  const problems: Problem[] = []
  const read = (path: string) => readTemplate(machine, path, request.generation, problems)
  const template = read(request.template)
  applySettings(template, request.settings)
  const networks = request.networks.map(path => readVirtualNetwork(read(path), problems))
  const user = request.user === undefined ? undefined : read(request.user)
  const scope = {generation: request.generation, template, networks, user, images: request.images.map(read)}
  const context = makeContext(scope)
  problems.push(...context.problems)
  const requests = listFiles(template, scope.images, context, request.generation, problems)
  const files = collectFiles(machine.files, requests, request.files, problems)
  const text = formatContextFile(context.values, request.generation)
  const entries: DiscEntry[] = [{path: 'context.sh', content: Buffer.from(text), mode: 0o644}]
  if (request.generation === 'today' && wantsToken(context.values)) {
    const token = await makeToken(scope, Math.floor(Date.now() / 1000))
    if (token !== undefined) entries.push({path: 'token.txt', content: Buffer.from(token), mode: 0o644})
    else problems.push(missingToken(template, context))
  }
  const variables = readAsGuest(text, template, context, problems)
  entries.push(...files.map(({entry}) => entry))
  return {label: labels[request.generation], entries, variables, files, problems}
}

function readTemplate(machine: System, path: string, generation: Generation, problems: Problem[]): Template {
  const bytes = machine.files.read(path)
  if (bytes === undefined) throw new TemplateError({file: path, message: 'there is no such file'})
  const parsed = parseTemplate(bytes, path, generation)
  problems.push(...parsed.problems)
  return parsed.template
}

/** A value from the command line takes the place of all of its name. */
function applySettings(template: Template, settings: ReadonlyMap<string, string>): void {
  const others = template.attributes.filter(({name}) => !settings.has(name))
  const given = [...settings].map(([name, text]) => ({
    kind: 'single' as const,
    name,
    text,
    nameOffset: 0,
    offset: 0,
  }))
  template.attributes = [...others, ...given]
}

function listFiles(
  template: Template,
  images: readonly Template[],
  {values, imageFiles, source}: MadeContext,
  generation: Generation,
  problems: Problem[],
): FileRequest[] {
  const place = {...placeOfValue(template, source, 'FILES'), key: 'FILES'}
  const named = {namedIn: template.file, key: 'FILES', line: place.line}
  const requests = readFiles(values.get('FILES') ?? '', generation, named)
  if (imageFiles === undefined) return requests
  const ofImages = readImageFiles(template, images, imageFiles, problems)
  if (ofImages.value !== '') values.set('FILES_DS', ofImages.value)
  return [...requests, ...ofImages.requests]
}

function missingToken(template: Template, {source}: MadeContext): Problem {
  const message =
    'token.txt is not on the disc; it is made of the VMID and the TOKEN_PASSWORD of the --user file'
  return {code: 'template-doubtful', ...placeOfValue(template, source, 'TOKEN'), key: 'TOKEN', message}
}

/** In bytes (contract §2). */
const largestContext = 2 ** 20

/** What 2.2 writes without escaping, a shell may read otherwise: that is said while it can still be changed. */
function readAsGuest(
  text: string,
  template: Template,
  {values, source}: MadeContext,
  problems: Problem[],
): readonly Assignment[] {
  const bytes = Buffer.from(text)
  const {assignments, dropped} = parseShellFile(bytes, 'context.sh')
  if (bytes.length > largestContext) {
    const message = 'context.sh has more than 1 MiB; vmcontext refuses to read that'
    problems.push({code: 'template-doubtful', ...placeOf(template, source.nameOffset), message})
  }
  const read = new Map(assignments.map(({name, value}) => [name, value]))
  for (const [name, value] of values) {
    if (read.get(name) === value) continue
    // 2.2 has no other way to write a value that is empty.
    if (value === '""' && read.get(name) === '') continue
    const end =
      dropped.has(name) || !read.has(name)
        ? 'no guest can read it'
        : 'a guest reads something else than the template says'
    const message = `its value stands in context.sh as it is, and ${end}`
    problems.push({
      code: 'template-doubtful',
      ...placeOfValue(template, source, name),
      key: name,
      message,
      cure: 'mind " $ ` and \\, or give it as base64',
    })
  }
  return assignments
}
