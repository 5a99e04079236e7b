// How much is tried: a sample in `npm test`, all of it in `npm run campaign`. Same tests, other numbers.

import type {TestContext} from 'node:test'

/** Whether this is a campaign (`npm run campaign`), which may take hours. */
export const isCampaign = (process.env.VMCONTEXT_CAMPAIGN ?? '') !== ''

/**
 * How many cases a test tries.
 *
 * @param inTest in `npm test`, where all the suites share some minutes.
 * @param inCampaign in `npm run campaign`.
 */
export function rounds(inTest: number, inCampaign: number): number {
  return isCampaign ? inCampaign : inTest
}

/**
 * Says what a test has tried, as "tried 20000 texts of context.sh against bash": .ci/run and the campaign gather these
 * lines and show them at their end.
 */
export function tried(t: TestContext, count: number, what: string): void {
  t.diagnostic(`tried ${count} ${what}`)
}
