// The long runs: `npm run campaign`, or `npm run campaign -- grammar iso` for the suites whose path has one of the
// words. Every suite that counts its cases (rounds.ts) is one of them. Ends with what was tried.

import {spawn} from 'node:child_process'
import {globSync, readFileSync} from 'node:fs'
import {join} from 'node:path'

const words = process.argv.slice(2)
const tests = join(import.meta.dirname, '..')
const suites = globSync('**/*.test.ts', {cwd: tests})
  .filter(path => readFileSync(join(tests, path), 'utf8').includes('campaign/rounds.ts'))
  .concat(globSync('campaign/**/*.test.ts', {cwd: tests}))
  .filter((path, index, all) => all.indexOf(path) === index)
  .filter(path => words.length === 0 || words.some(word => path.includes(word)))
  .sort()

if (suites.length === 0) {
  console.error(`No suite has ${words.join(' or ')} in its path.`)
  process.exit(2)
}

console.log(`${suites.length} suites:\n${suites.map(path => `  test/${path}\n`).join('')}`)
const child = spawn(process.execPath, ['--test', ...suites.map(path => join(tests, path))], {
  env: {...process.env, VMCONTEXT_CAMPAIGN: 'yes'},
  stdio: ['ignore', 'pipe', 'inherit'],
})
let output = ''
child.stdout.setEncoding('utf8').on('data', text => {
  output += text
  process.stdout.write(text)
})
child.on('close', code => {
  const lines = output.matchAll(/^\s*ℹ (tried \d+ .*)$/gm)
  console.log(`\n${[...new Set(Array.from(lines, match => match[1]))].join('\n')}`)
  process.exitCode = code ?? 1
})
