// One run of the benchmark: options, measuring, tables, JSON.

import {mkdirSync, writeFileSync} from 'node:fs'
import {dirname, resolve} from 'node:path'
import {chooseSeed} from '../random.ts'
import {describeMachine} from './machine.ts'
import {lookInside} from './memory.ts'
import {parseOptions} from './options.ts'
import {parts} from './parts.ts'
import {runProfile} from './profile/profile.ts'
import {formatProfile} from './profile/table.ts'
import {runRounds} from './rounds.ts'
import {formatSizes, measureSizes} from './sizes.ts'
import {formatPart, judgeRatio} from './table.ts'

const words = [...parts.map(({word}) => word), 'sizes', 'profile']
const options = parseOptions(process.argv.slice(2), words)
if ('mistake' in options) {
  console.error(options.mistake)
  process.exit(2)
}
const {rounds, only, json} = options
const isWanted = (word: string) => only === undefined || only === word
const chosen = parts.filter(({word}) => isWanted(word))
const tell = (progress: string) => console.error(progress)
const machine = describeMachine()
console.log(
  `${machine.processor}, ${machine.cores} cores, kernel ${machine.kernel}, Node ${machine.node}, load ${machine.load}`,
)

const seed = chooseSeed()
const contestants = [...new Set(chosen.flatMap(part => part.contestants))]
const results = await runRounds(contestants, {rounds, seed, tell})
if (chosen.length > 0)
  console.log(`
Medians of ${rounds} and their quartiles. A ratio is one of medians, its quartiles are those of single rounds; an aim is
one for the ratio. The processor's time is disturbed less by others than that of the clock. VMCONTEXT_SEED=${seed}`)
for (const part of chosen) console.log(formatPart(part, results).join('\n'))
const inside = isWanted('memory') ? await lookInside() : undefined
if (inside !== undefined) console.log(inside.lines.join('\n'))
const profile = isWanted('profile') ? await runProfile(tell) : undefined
if (profile !== undefined) console.log(formatProfile(profile).join('\n'))
const sizes = isWanted('sizes') ? await measureSizes(tell) : undefined
if (sizes !== undefined) console.log(formatSizes(sizes).join('\n'))

const record = {
  version: 1,
  machine,
  rounds,
  seed,
  contestants: Object.fromEntries(results),
  parts: chosen.map(({word, title, ratios}) => ({
    word,
    title,
    ratios: ratios.map(ratio => judgeRatio(ratio, results)),
  })),
  memory: inside?.figures,
  sizes,
  profile,
}
const path = resolve(json)
mkdirSync(dirname(path), {recursive: true})
writeFileSync(path, `${JSON.stringify(record, undefined, 2)}\n`)
console.log(`\nAll figures: ${path}`)
