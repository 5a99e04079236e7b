// The picture, read by a real parser of XML.

import assert from 'node:assert/strict'
import {spawnSync} from 'node:child_process'
import {type TestContext, test} from 'node:test'
import {drawPlot} from '../../src/status/plot.ts'
import {requireTool} from '../tools.ts'
import {run, step} from './boot-report.ts'

const hostile = 'a<b>&"c"\u001b[31m\u0000\ufffe\ud800]]> 日本 \u202e'

function xpath(svg: string, expression: string): string {
  const {status, stdout, stderr} = spawnSync('xmllint', ['--nonet', '--xpath', expression, '-'], {input: svg})
  assert.equal(status, 0, stderr.toString())
  return stdout.toString().trim()
}

function lint(t: TestContext, svg: string): boolean {
  if (!requireTool(t, 'xmllint')) return false
  const {status, stderr} = spawnSync('xmllint', ['--nonet', '--noout', '-'], {input: svg})
  assert.equal(status, 0, stderr.toString())
  return true
}

const deed = {kind: 'write', status: 'changed', detail: hostile, problems: [], durationMs: 5} as const

test('texts of any kind leave it XML', t => {
  const steps = [step('network', {deeds: [deed, deed], outcome: 'failed', durationMs: 10})]
  const svg = drawPlot([run({steps, agent: hostile})], hostile, hostile)
  if (!lint(t, svg)) return
  assert.match(xpath(svg, 'string(//*[local-name()="title"])'), /^a<b>&"c"\\x1b/)
})

test('two stages stand on the axis of the kernel, whatever the clock was set to in between', t => {
  const local = run({stages: ['local'], startedAt: '1970-01-01T00:00:09.000Z', sinceBootMs: 9000})
  const final = run({stages: ['final'], startedAt: '2026-01-01T00:00:00.000Z', sinceBootMs: 40_000})
  const svg = drawPlot([final, local], 'web', '')
  if (!lint(t, svg)) return
  assert.match(svg, />30\.9 s</, 'the pause between them')
  assert.match(svg, /since the kernel started/)
  assert.ok(svg.indexOf('local (done)') < svg.indexOf('final (done)'))
})

test('bars and labels stay within the picture, and no two labels share a line', t => {
  const long = {...deed, detail: 'x'.repeat(500), durationMs: 90}
  const steps = [
    step('network', {deeds: [deed], startedMs: 1, durationMs: 1}),
    step('scripts', {deeds: [long, deed], startedMs: 5, durationMs: 95}),
    step('ready', {deeds: [deed], startedMs: 99.9, durationMs: 0.01}),
  ]
  const svg = drawPlot([run({steps})], 'web', 'x')
  if (!lint(t, svg)) return
  const width = Number(xpath(svg, 'string(/*/@width)'))
  const rows = [...svg.matchAll(/<g><title>.*<rect class="\w+" x="([\d.]+)" .* width="([\d.]+)".*<\/g>/g)]
  assert.equal(rows.length, 7)
  for (const [, x, wide] of rows) assert.ok(Number(x) + Number(wide) <= width)
  const lines = [...svg.matchAll(/<\/title>.*<text x="([\d.]+)" y="(\d+)"([^>]*)>([^<]*)</g)]
  assert.equal(new Set(lines.map(([, , y]) => y)).size, 7)
  for (const [, x, , rest, words] of lines) {
    const length = words!.length * 6.6
    const left = rest!.includes('"end"') ? Number(x) - length : Number(x)
    assert.ok(left >= -1 && left + length <= width, `${words} is at ${x}`)
  }
})

test('a boot without any time in it is drawn', t => {
  lint(t, drawPlot([run({durationMs: 0, sinceBootMs: undefined})], 'web', ''))
})
