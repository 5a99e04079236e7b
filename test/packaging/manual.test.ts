import assert from 'node:assert/strict'
import {spawnSync} from 'node:child_process'
import {mkdirSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {test} from 'node:test'
import {renderManual} from '../../packaging/manual.ts'
import {renderManuals} from '../../packaging/payload.ts'
import {describeProgram} from '../../src/cli/command-line.ts'
import {checks} from '../../src/doctor/checks.ts'
import {settingNames} from '../../src/settings/settings.ts'
import {stepNames} from '../../src/steps.ts'
import {runVmcontext} from '../run-vmcontext.ts'
import {makeDirectory} from '../temporary.ts'
import {requireTool} from '../tools.ts'

const pages = Object.fromEntries(
  Object.entries(await renderManuals()).map(([path, text]) => [path.replace('man/', ''), text]),
)
const environment = {...process.env, LC_ALL: 'C.UTF-8', MANWIDTH: '80', MANROFFSEQ: ''}

for (const [name, text] of Object.entries(pages)) {
  test(`${name} is found by man, and read without a warning`, t => {
    if (!requireTool(t, 'man')) return
    const [page, section] = [name.slice(0, -2), name.slice(-1)]
    const {stderr, stdout, status} = spawnSync(
      'man',
      ['--warnings', '-M', layOutPages(makeDirectory(t)), section, page],
      {encoding: 'utf8', env: environment},
    )
    assert.deepEqual([status, stderr], [0, ''])
    assert.ok(stdout.includes(page), `it does not name ${page}`)
    assert.doesNotMatch(text, /^\.\\"/m)
  })
}

function layOutPages(directory: string): string {
  for (const [name, text] of Object.entries(pages)) {
    mkdirSync(join(directory, `man${name.at(-1)}`), {recursive: true})
    writeFileSync(join(directory, `man${name.at(-1)}`, name), text)
  }
  return directory
}

/** As a person reads it. */
function plain(page: string): string {
  return pages[page]!.replaceAll('\\-', '-').replaceAll(/\\f[A-Z]/g, '')
}

test('vmcontext.conf(5) tells every setting and every step', () => {
  for (const name of [...settingNames, ...stepNames])
    assert.ok(plain('vmcontext.conf.5').includes(name), name)
})

test('vmcontext-doctor(8) tells every check', () => {
  for (const {id, title} of checks) assert.ok(plain('vmcontext-doctor.8').includes(`${id}\n${title}\n`), id)
})

test('a mark that leads nowhere is an error', () => {
  const render = (source: string) => () => renderManual(source, describeProgram())
  assert.throws(render('.\\" options: bot\n.\\" end\n'), /the command bot, and there is none/)
  assert.throws(render('.\\" options: boot\n.\\" more: --stge\nx\n.\\" end\n'), /not there: --stge/)
  assert.throws(render('.\\" steps: early\n'), /steps of early/)
})

/** The pages, and the commands that each has to tell the options of. */
const commandPages: Record<string, readonly string[]> = {
  'vmcontext.8': ['boot', 'plan'],
  'vmcontext-doctor.8': ['doctor', 'explain', 'status', 'log', 'report', 'replay', 'rollback'],
  'vmcontext-disc.8': ['disc build', 'disc show', 'disc check'],
  'vmcontext-install.8': ['install', 'uninstall'],
  'vmcontext-seal.8': ['seal'],
}

for (const [page, commands] of Object.entries(commandPages)) {
  for (const command of commands) {
    test(`${page} tells every option of ${command}`, async () => {
      const text = plain(page)
      const {output} = await runVmcontext(...command.split(' '), '--help')
      const options = new Set([...output.matchAll(/^ {2}.*?(--[a-z-]+)/gm)].map(([, option]) => option!))
      options.delete('--help')
      assert.ok(options.size >= 1, 'no options were found')
      for (const name of [...options, command.split(' ').at(-1)!]) assert.ok(text.includes(name), name)
    })
  }
}

test('there is a page for every command', () => {
  const known = Object.values(commandPages)
    .flat()
    .map(command => command.split(' ')[0])
  for (const {name, commands} of describeProgram().commands) {
    assert.ok(known.includes(name), name)
    assert.ok(`vmcontext-${name}.8` in pages, name)
    assert.ok(commands.length === 0 || name === 'disc', `${name} has commands that no page is known of`)
  }
})

test('every option stands in its page with what --help says of it', () => {
  for (const [page, names] of Object.entries(commandPages)) {
    for (const words of names.map(name => name.split(' '))) {
      let command = describeProgram()
      for (const word of words) command = command.commands.find(each => each.name === word)!
      for (const {description, flags} of command.options.filter(({flags}) => !flags.includes('--help')))
        assert.ok(
          plain(page).includes(`${description.slice(1)}.`),
          `${page}: ${flags.join()} of ${words.join(' ')}`,
        )
    }
  }
})
