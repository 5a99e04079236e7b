// Puts the sources together: one script for the snapshot, with all that a boot may need, and parts that lie in the
// executable as text until a command asks for them. What is in the snapshot costs time at each start, needed or not:
// two milliseconds a megabyte.
//
// esbuild cuts the sources at each import(). What the entry imports without it, by however many steps, is in the
// script; every other piece is a part.

import {readFile} from 'node:fs/promises'
import {basename, join} from 'node:path'
import {build, type Metafile, type OutputFile, type Plugin, transform} from 'esbuild'
import {collectPayload} from './payload.ts'

const repository = join(import.meta.dirname, '..')

/** What stands for the sources in the executable. */
export type Bundle = {
  /** A CommonJS script: a snapshot can load Node's own modules and nothing else. */
  script: string
  /** The bodies of CommonJS modules, by the name under which the script asks for them. */
  parts: Readonly<Record<string, string>>
  /** What esbuild says of all of it. */
  metafile: Metafile
}

/** Otherwise place and process of the build are kept in the snapshot. Node sets all four anew at each start. */
const forgetPlace = `if (require('node:v8').startupSnapshot.isBuildingSnapshot()) {
  process.argv = process.execArgv = []
  process.execPath = ''
  Object.defineProperty(process, 'pid', {value: 0})
}`

/** Bundles a program. `isLegible`: white space stays, and in front of each module is a line `"// PATH";` that names it. */
export async function bundle(entry: string, {isLegible = false} = {}): Promise<Bundle> {
  const {metafile, outputFiles} = await build({
    entryPoints: {main: entry},
    // Nothing is written there; chunks import each other by these paths.
    outdir: join(repository, 'chunks'),
    write: false,
    metafile: true,
    absWorkingDir: repository,
    nodePaths: [join(repository, 'node_modules')],
    bundle: true,
    splitting: true,
    platform: 'node',
    format: 'esm',
    target: 'node24',
    define: {'process.env.NODE_ENV': '"production"'},
    plugins: [lateStandardStreams, carriedPayload],
    legalComments: 'none',
    logLevel: 'warning',
  })
  const chunks = new Map(await Promise.all(outputFiles.map(file => toCommonJs(file, isLegible))))
  const early = namesOfEarlyChunks(metafile)
  const parts = [...chunks].filter(([name]) => !early.has(name))
  return {script: link(chunks, early), parts: Object.fromEntries(parts), metafile}
}

/**
 * A chunk by its name, as the body of a CommonJS module. White space goes, for it is a quarter of the text and the start
 * would carry it; names stay, and so do lines of a length that a stack trace can point into.
 */
async function toCommonJs({path, text}: OutputFile, isLegible: boolean): Promise<[string, string]> {
  const {code} = await transform(isLegible ? text.replace(headOfModule, '"// $1";') : text, {
    format: 'cjs',
    platform: 'node',
    target: 'node24',
    // import() has no loader behind it in a snapshot; this way esbuild writes it as a late require().
    supported: {'dynamic-import': false},
    ...(!isLegible && {minifyWhitespace: true, lineLimit: 110}),
  })
  return [basename(path), escapeNonAscii(code)]
}

/** The comment that esbuild puts before each module: it does not keep those through a second round. */
const headOfModule = /^\/\/ (\S+)$/gm

/** The names of the main chunk and of all that it imports at once. */
function namesOfEarlyChunks({outputs}: Metafile): ReadonlySet<string> {
  const main = Object.keys(outputs).find(path => basename(path) === 'main.js')!
  const paths = new Set([main])
  for (const path of paths) {
    for (const {path: imported, kind, external} of outputs[path]!.imports)
      if (kind === 'import-statement' && !external) paths.add(imported)
  }
  return new Set([...paths].map(path => basename(path)))
}

/** Early chunks are functions of the script; the others are compiled when they are first asked for. */
function link(chunks: ReadonlyMap<string, string>, early: ReadonlySet<string>): string {
  const functions = [...early].map(
    name => `${JSON.stringify(name)}(exports, require, module) {\n${chunks.get(name)}}`,
  )
  // The last line is what a stack trace calls the script.
  return `${forgetPlace}
const chunks = {${functions.join(',\n')}}
${linker}
requireChunk('./main.js')
//# sourceURL=vmcontext.cjs`
}

/** Runs in the executable. A chunk's exports are there before it is evaluated: chunks may import each other. */
const linker = `const builtIn = require, loaded = new Map()
function requireChunk(path) {
  if (!path.startsWith('./')) return builtIn(path)
  const name = path.slice(2)
  if (!loaded.has(name)) {
    const module = {exports: {}}
    loaded.set(name, module)
    const run = chunks[name] ?? compilePart(name)
    run(module.exports, requireChunk, module)
    if (isPackage(module.exports)) module.exports = {__esModule: true, ...module.exports.default, ...module.exports}
  }
  return loaded.get(name).exports
}
// A CommonJS package that is the target of an import(): esbuild gives its default and nothing by name.
function isPackage(exports) {
  const names = Object.keys(exports)
  return names.includes('default') && names.every(name => name === 'default' || name.startsWith('require_'))
}
function compilePart(name) {
  const text = process.getBuiltinModule('node:sea').getAsset(name, 'latin1')
  const parameters = ['exports', 'require', 'module']
  return process.getBuiltinModule('node:vm').compileFunction(text, parameters, {filename: 'vmcontext/' + name})
}`

/**
 * esbuild escapes strings and names but not comments and regular expressions, and a single character beyond Latin-1
 * makes V8 keep the whole script at two bytes a character.
 */
function escapeNonAscii(text: string): string {
  return text.replaceAll(/[^\x00-\x7f]/g, unit => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

/**
 * execa puts process.stdin, stdout and stderr into an array when it is loaded, which is while the snapshot is taken:
 * they are not those of the process that runs later. Looked up when asked for, they are.
 */
const lateStandardStreams: Plugin = {
  name: 'late-standard-streams',
  setup({onLoad}) {
    onLoad({filter: /\/execa\/lib\/utils\/standard-stream\.js$/}, async ({path}) => {
      const text = await readFile(path, 'utf8')
      const early = '[process.stdin, process.stdout, process.stderr]'
      if (!text.includes(early))
        throw new Error(`${path} has changed: where does execa keep the streams now?`)
      const getters = ['stdin', 'stdout', 'stderr'].map(name => `{get: () => process.${name}}`)
      return {contents: text.replace(early, `Object.defineProperties([], [${getters}])`), loader: 'js'}
    })
  },
}

/** What the agent installs besides itself lies inside it as text. */
const carriedPayload: Plugin = {
  name: 'carried-payload',
  setup({onLoad}) {
    onLoad({filter: /\/src\/image\/install\/payload\.ts$/}, async () => {
      const texts = JSON.stringify(await collectPayload())
      return {contents: `export const payload = ${texts}\nexport const builtAgent = undefined`, loader: 'js'}
    })
  },
}
