// What the benchmark is told on its command line.

import {parseArgs} from 'node:util'

export type BenchOptions = {
  /** How often each contestant runs. */
  rounds: number
  /** One part alone; undefined: all. */
  only: string | undefined
  /** Where all figures go. */
  json: string
}

const usage = 'npm run bench -- [ROUNDS] [--only PART] [--json FILE]'

/** Reads the command line, or says what is wrong with it. */
export function parseOptions(
  args: readonly string[],
  words: readonly string[],
): BenchOptions | {mistake: string} {
  try {
    const {values, positionals} = parseArgs({
      args: [...args],
      options: {only: {type: 'string'}, json: {type: 'string', default: 'dist/bench.json'}},
      allowPositionals: true,
    })
    const [rounds = '20', ...more] = positionals
    if (!/^[1-9]\d{0,3}$/.test(rounds) || more.length > 0)
      return {mistake: `How many rounds is ${positionals.join(' ')}? ${usage}`}
    if (values.only !== undefined && !words.includes(values.only))
      return {mistake: `There is no part ${values.only}; there are ${words.join(', ')}.`}
    return {rounds: Number(rounds), only: values.only, json: values.json}
  } catch (error) {
    return {mistake: `${error instanceof Error ? error.message : error} ${usage}`}
  }
}
