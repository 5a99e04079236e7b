// Everything of a boot up to its plan, for `boot` and `plan` alike: settings, source, context, facts, plan. Nothing
// of the guest is changed here; a disc may be mounted, and the caller releases it.

import {readTokenFile} from './context/cloud/onegate.ts'
import {type Context, noProblems, readContext} from './context/context.ts'
import type {Disc} from './context/disc.ts'
import {isAwaited} from './context/network/nics.ts'
import type {Assignment} from './context/shell.ts'
import {readShares} from './context/storage/disks.ts'
import {type Facts, gatherFacts} from './facts/facts.ts'
import {askNameService} from './facts/login/name-service.ts'
import {awaitLinks} from './facts/network/await-links.ts'
import {haveNamesChanged, type Link} from './facts/network/links.ts'
import {matchLinks} from './network/match-links.ts'
import type {PlanInput, Verification} from './plan/input.ts'
import {shellChoices} from './plan/login/account.ts'
import {type Plan, planBoot} from './plan/plan.ts'
import type {Problem} from './problem.ts'
import {readBootState} from './report/boot-state.ts'
import {type Manifest, readManifest, readManifestToLook} from './report/manifest.ts'
import {createMask} from './report/mask.ts'
import {type ContextReport, readRunsOfBoot} from './report/report.ts'
import {readSettingsLayers} from './settings/read-settings.ts'
import {type Settings, type SettingsLayer, settle} from './settings/settings.ts'
import {acquireSource, type SourceRequest} from './source/acquire.ts'
import type {MountPlace} from './source/mount.ts'
import {type DiscReading, readDisc} from './source/read-disc.ts'
import {type FoundSource, isOldRow, type Source, unreadable} from './source/source.ts'
import type {Stage, StepName} from './steps.ts'
import {SystemError, unlessRefused} from './system/errors.ts'
import type {System} from './system/system.ts'

export type Request = {
  stages: readonly Stage[]
  /** What the caller names as the context; a path of this machine. */
  contextPath?: string | undefined
  /** Settings given on the command line. */
  overrides: readonly Assignment[]
  /** Links that stand in for /sys. */
  links?: readonly Link[] | undefined
  /** Wait for NICs that the context names and that are not there yet. */
  waitsForNics: boolean
  /** Check the network once it has changed, after boot. */
  verification?: Verification | undefined
  /** Plan on although the records are of a later program, as if there were none: for whoever only looks. */
  toleratesNewerRecords?: boolean | undefined
  /** Repeat what was done in this boot already, or once for good. */
  force: boolean
  /** Do these steps only, as with `force`; undefined: all of the stages. */
  only?: readonly StepName[] | undefined
  /** Stands between the looking for a context and its reading: notes what is read, or hands in another one. */
  acquire?: ((look: () => Promise<Source>) => Promise<Source>) | undefined
}

export type Prepared = {
  settings: Settings
  source: Source
  contextReport: ContextReport
  context?: Context | undefined
  facts: Facts
  manifest: Manifest
  plan: Plan
  /** What the plan was made of, for whoever asks how another context or other settings would have come out. */
  input: PlanInput
  disc?: Disc | undefined
  /** The settings of the image's owner, strongest first. */
  layers: readonly SettingsLayer[]
  /** Problems of the settings, the facts and the agent's own records. */
  problems: readonly Problem[]
  /** Takes the secrets of the context out of a text. */
  mask(text: string): string
}

/** Looks at everything and plans the stages. `choosePlace` says where a disc may be mounted. */
export async function prepareBoot(
  system: System,
  request: Request,
  choosePlace: (settings: Settings) => MountPlace,
): Promise<Prepared | 'switched off'> {
  const problems: Problem[] = []
  const manifest = (request.toleratesNewerRecords ? readManifestToLook : readManifest)(system, problems)
  const layers = readSettingsLayers(system, request.overrides, problems)
  const settings = settle(layers, undefined, [])
  if (!settings.enabled) return 'switched off'
  const begin = performance.now()
  const acquire = (place: MountPlace) => {
    const look = () =>
      acquireOrTell(system, {
        path: request.contextPath,
        target: settings.target,
        waitMs: settings.contextWaitMs,
        waitForDisc: settings.target !== undefined || settings.contextWaitGiven,
        place,
      })
    return request.acquire === undefined ? look() : request.acquire(look)
  }
  const place = choosePlace(settings)
  let source = await acquire(place)
  try {
    let reading = source.state === 'found' ? readDisc(source) : undefined
    if (place.elsewhere !== undefined && isInTheWay(place, source, reading)) {
      await source.release()
      source = await acquire(place.elsewhere)
      reading = source.state === 'found' ? readDisc(source) : undefined
    }
    const contextReport = describeContext(source, reading, performance.now() - begin)
    const {problems: contextProblems} = contextReport
    const found = {source, disc: reading?.disc, contextProblems, layers, manifest, problems}
    const rest = await planFrom(system, request, found)
    const mask = createMask(reading?.disc?.variables, readSecrets(reading?.disc))
    const allProblems = [...problems, ...rest.facts.problems]
    const records = {manifest, layers, disc: reading?.disc}
    return {source, contextReport, ...records, problems: allProblems, mask, ...rest}
  } catch (error) {
    if (source.state === 'found') await source.release()
    throw error
  }
}

/** Where the machine refuses to be looked at, nobody knows whether there is a context: then nothing is guessed. */
async function acquireOrTell(system: System, request: SourceRequest): Promise<Source> {
  try {
    return await acquireSource(system, request)
  } catch (error) {
    if (!(error instanceof SystemError)) throw error
    return unreadable('what there is', error.message, 'see dmesg for errors of the drive')
  }
}

/**
 * A disc at /mnt would hide what the host shares there: the front end chooses /mnt/one-fs-ID where nobody else does
 * (src/image/Image.cc of OpenNebula).
 */
function isInTheWay(
  {directory}: MountPlace,
  source: Source,
  reading: DiscReading | undefined,
): source is FoundSource {
  if (source.state !== 'found' || source.directory !== directory || reading?.disc === undefined) return false
  return readShares(reading.disc, []).some(({point}) => `${point}/`.startsWith(`${directory}/`))
}

/** What is secret on the disc besides variables. */
function readSecrets(disc: Disc | undefined): string[] {
  const token = disc && readTokenFile(disc)
  return token === undefined ? [] : [token]
}

type Found = {
  source: Source
  contextProblems: readonly Problem[]
  disc: Disc | undefined
  layers: readonly SettingsLayer[]
  manifest: Manifest
  problems: Problem[]
}

async function planFrom(system: System, request: Request, {contextProblems, ...found}: Found) {
  const {source, disc, layers, manifest, problems} = found
  const settings = settle(layers, disc, problems)
  const meaning = disc && readContext(disc)
  const present = await awaitLinks(system, {
    limitMs: settings.nicWaitMs,
    isMissing: links => request.waitsForNics && isNicMissing(meaning?.context, links),
  })
  const {only} = request
  const isForced = request.force || only !== undefined
  const doneBefore = isForced ? {} : readBootState(system)
  const nameService = await askNameService(system, namedAccounts(meaning?.context, manifest))
  const look = (links?: readonly Link[]) => {
    const facts = gatherFacts(system, {
      links,
      networkType: meaning?.context.networkType ?? settings.networkType,
      shells: shellChoices(meaning?.context.shell),
      nameService,
      login: meaning && {
        hasAccount: meaning.context.username !== undefined,
        scheme: meaning.context.password?.scheme,
      },
      timeZone: meaning?.context.timeZone,
      storage: request.stages.includes('local') ? meaning?.context : undefined,
      keysOf: [...(meaning?.context.keys.keys() ?? []), ...Object.keys(manifest.keys)],
      isVmAsked: meaning?.context.userData !== undefined || meaning?.context.startScript?.once === true,
      manifest,
    })
    const input: PlanInput = {
      context: meaning?.context,
      isContextUnreadable: disc === undefined && isOfUnknownKind(source),
      contextProblems: meaning?.problems ?? noProblems(),
      settings,
      facts,
      manifest,
      mountDirectory: source.state === 'found' ? source.directory : undefined,
      verification: request.verification,
      isForced,
      bootSoFar: meaning?.context.ready && {runs: readRunsOfBoot(system), contextProblems},
    }
    return {facts, input, plan: planBoot(input, {stages: request.stages, only, doneBefore})}
  }
  const seen = look(request.links ?? present)
  // A link may have got its real name in the meantime.
  const isStale =
    system.live &&
    request.links === undefined &&
    unlessRefused(
      () => haveNamesChanged(system, seen.facts.links),
      () => false,
    )
  return {settings, context: meaning?.context, ...(isStale ? look() : seen)}
}

/** The accounts that something may be done for. */
function namedAccounts(context: Context | undefined, manifest: Manifest): string[] {
  const {username, keys = new Map()} = context ?? {}
  const names = [...(username === undefined ? [] : [username]), ...keys.keys(), ...Object.keys(manifest.keys)]
  return [...new Set(names)].filter(name => name !== 'root')
}

/** Something is to be done about a NIC that is not there. */
function isNicMissing(context: Context | undefined, links: readonly Link[]): boolean {
  if (context === undefined || context.freezesNetwork) return false
  // All of them are matched: which link is meant may depend on the others.
  const found = new Set(matchLinks(context.nics, links, context, []).map(({request}) => request))
  return context.nics.some(nic => isAwaited(nic) && !found.has(nic))
}

/** A disc that only contexts of 2.2 to 4.0 come on tells the kind even if its text cannot be read. */
function isOfUnknownKind(source: Source): boolean {
  return source.state === 'unreadable' || (source.state === 'found' && !isOldRow(source.recognition))
}

function describeContext(source: Source, read: DiscReading | undefined, durationMs: number): ContextReport {
  const found = source.state === 'found' ? {origin: source.origin, recognition: source.recognition} : {}
  return {
    state: source.state === 'found' && read?.disc === undefined ? 'unreadable' : source.state,
    ...found,
    variables: read?.disc?.variables.size ?? 0,
    problems: [...source.problems, ...(read?.problems ?? [])],
    durationMs,
  }
}
