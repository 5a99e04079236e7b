// Every feature in every dialect: the context goes in, and the exact files come out, with what the agent said. One
// text a pair below test/matrix/expected. UPDATE_SCENARIOS=1 writes them anew; the difference is reviewed like code.

import assert from 'node:assert/strict'
import {execFileSync} from 'node:child_process'
import {existsSync, mkdirSync, readFileSync, writeFileSync} from 'node:fs'
import {dirname, join} from 'node:path'
import {describe, test} from 'node:test'
import {bootRoot, isRecord} from './boot-root.ts'
import {features, formatContext, nics} from './matrix/features.ts'
import {makeDirectory} from './temporary.ts'
import {requireRoot} from './tools.ts'
import {compareTrees, readTree} from './tree.ts'

/** A guest for each dialect. */
const bases = {
  interfaces: 'debian-12',
  redhat: 'centos-7',
  suse: 'opensuse-15.6',
  netplan: 'ubuntu-24.04',
  networkd: 'debian-13-networkd',
  nm: 'rocky-9',
} as const

const directory = import.meta.dirname

for (const [dialect, base] of Object.entries(bases)) {
  describe(`the matrix, ${dialect}`, () => {
    for (const feature of features) {
      test(feature.name, async t => {
        if (!requireRoot(t)) return
        const scratch = makeDirectory(t)
        const root = join(scratch, 'root')
        execFileSync('cp', [
          '-r',
          '--no-dereference',
          '--preserve=mode',
          join(directory, 'scenarios/bases', base),
          root,
        ])
        writeFileSync(join(scratch, 'context.sh'), formatContext(feature))
        writeFileSync(
          join(scratch, 'links'),
          nics.map(({name, mac, pci}) => `${name} ${mac} ${pci}\n`).join(''),
        )
        const before = readTree(root)
        const said = await boot(root, scratch)
        const after = readTree(root)
        const files = [...after].filter(
          ([path, {text}]) => !isRecord(path) && before.get(path)?.text !== text,
        )
        const gone = [...before.keys()].filter(path => !after.has(path))
        const parts = [
          ...files.map(([path, {text}]) => `== /${path}\n${text}`),
          ...gone.map(path => `== /${path}: removed\n`),
          `== said\n${said}`,
        ]
        check(join(directory, 'matrix/expected', dialect, `${feature.name}.txt`), parts.join('\n'))
        await boot(root, scratch)
        assert.equal(compareTrees(after, readTree(root)), '', 'a second run changes something')
      })
    }
  })
}

async function boot(root: string, scratch: string): Promise<string> {
  const [context, links] = [join(scratch, 'context.sh'), join(scratch, 'links')]
  return (await bootRoot(root, '--context', context, '--links', links)).replaceAll(scratch, '')
}

function check(path: string, text: string): void {
  if (process.env.UPDATE_SCENARIOS === '1') {
    mkdirSync(dirname(path), {recursive: true})
    writeFileSync(path, text, 'latin1')
  }
  assert.equal(text, existsSync(path) ? readFileSync(path, 'latin1') : '', path)
}
