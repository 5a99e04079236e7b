// Whether two plans are the same one: that of the guest, and that made from its bundle.

import {createTwoFilesPatch} from 'diff'
import type {PlanTexts} from './plan.ts'

/** The difference between two plans; undefined if there is none. */
export function comparePlans(one: PlanTexts, other: PlanTexts): string | undefined {
  if (one.text !== other.text)
    return createTwoFilesPatch('plan of the guest', 'plan from the bundle', one.text, other.text)
  return one.json === other.json
    ? undefined
    : createTwoFilesPatch('plan of the guest', 'plan from the bundle', one.json, other.json)
}

export function maskPlan({text, json}: PlanTexts, mask: (text: string) => string): PlanTexts {
  return {text: mask(text), json: mask(json)}
}

/** What stands for a secret is not as long, and the words behind it go to other lines. A diff keeps its lines. */
export function unwrap({text, json}: PlanTexts): PlanTexts {
  return {text: text.replaceAll(/\n {4,}(?=[\w"'(/])/g, ' '), json}
}

/** A plan notes what it would have done by hashes of it. */
export function replaceMarks(json: string, marks: ReadonlyMap<string, string>): string {
  return [...marks].reduce((text, [one, other]) => text.replaceAll(`text=${one}`, `text=${other}`), json)
}
