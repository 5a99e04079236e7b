// What would come out if something were otherwise. Planning is pure, so it is simply done once more, on the same facts:
// an explanation that is found out in this way cannot say anything else than what boot does.

import {type Context, noProblems, readContext} from '../context/context.ts'
import type {Disc} from '../context/disc.ts'
import type {Variables} from '../context/variables.ts'
import type {Facts} from '../facts/facts.ts'
import type {FileTree} from '../facts/files.ts'
import {chooseDialect} from '../facts/network/dialect-in-charge.ts'
import type {Link} from '../facts/network/links.ts'
import {planNextBoot} from '../plan/next-boot.ts'
import type {Plan} from '../plan/plan.ts'
import type {Prepared} from '../prepare.ts'
import {type Settings, type SettingsLayer, settle} from '../settings/settings.ts'
import type {StepName} from '../steps.ts'

/** What is otherwise. */
export type Supposition = {
  variables?: Variables | undefined
  layers?: readonly SettingsLayer[] | undefined
  links?: readonly Link[] | undefined
}

/** A guest as it would come out. */
export type World = {context?: Context | undefined; settings: Settings; facts: Facts; plan: Plan}

/** Plans the guest as if for the first time, so that every line is to be written that is ours. */
export type Imagine = (supposition: Supposition, only?: readonly StepName[]) => World

/** Makes what plans this guest again. */
export function createImagination(prepared: Prepared): Imagine {
  const {input, layers} = prepared
  const facts = asAtFirst(input.facts, prepared.manifest)
  // What kind of context this is must not hang on the one variable that is taken away.
  const disc: Disc | undefined = prepared.disc && {
    ...prepared.disc,
    isOldKind: prepared.context?.isOldKind ?? false,
  }
  return (supposition, only) => {
    const own = supposition.layers ?? layers
    const changed: Disc | undefined =
      disc && supposition.variables ? {...disc, variables: supposition.variables} : disc
    const settings = settle(own, changed, [])
    const meaning = changed && readContext(changed)
    const context = meaning?.context
    const world = {
      context,
      settings,
      facts: withDialect(
        {...facts, links: supposition.links ?? facts.links},
        context?.networkType ?? settings.networkType,
      ),
    }
    const contextProblems = meaning?.problems ?? noProblems()
    const manifest = {...prepared.manifest, files: {}}
    const all = {...input, ...world, contextProblems, manifest, verification: undefined}
    return {...world, plan: planNextBoot(all, only)}
  }
}

/** The files as they were before the agent came. */
function asAtFirst(facts: Facts, {files: owned}: Prepared['manifest']): Facts {
  const files = new Map(facts.files)
  for (const path of Object.keys(owned)) {
    const original = facts.originals.get(path)
    if (original === undefined) files.delete(path)
    else files.set(path, original)
  }
  return {...facts, files: files satisfies FileTree, originals: new Map()}
}

function withDialect(facts: Facts, networkType: string | undefined): Facts {
  const {dialect, isLeftAlone} = chooseDialect(facts.manager, facts.os, networkType, facts.dialects)
  return {...facts, dialect, leavesNetwork: isLeftAlone}
}
