// What a script of the context gets as its environment (contract §2): the variables of the context, but none that
// would change how the interpreter itself works.

import type {Variables} from '../../context/variables.ts'
import type {Problem} from '../../problem.ts'

/** Names, and beginnings of names with a `*`, that a context cannot set for its scripts. */
const withheld = [
  ...[
    'PATH',
    'IFS',
    'ENV',
    'BASH_ENV',
    'SHELLOPTS',
    'BASHOPTS',
    'PS4',
    'PROMPT_COMMAND',
    'CDPATH',
    'GLOBIGNORE',
  ],
  ...['POSIXLY_CORRECT', 'TMPDIR', 'HOME', 'SHELL', 'LD_*', 'GCONV_PATH', 'LOCPATH', 'NLSPATH', 'MALLOC_*'],
  ...['NODE_*', 'PYTHON*', 'PERL5*', 'RUBY*', 'BASH_FUNC_*', 'MOUNT_DIR'],
]

/** One entry may have this many bytes with its name: MAX_ARG_STRLEN, execve(2). A larger one makes every exec fail. */
const entryLimit = 128 * 1024 - 1
const totalLimit = 1024 * 1024
/** Run by the agent itself; hardly a script looks for another one in its environment. */
const carriesScript = /^(START_SCRIPT|USER_?DATA)/

/** Builds the environment for scripts. What has to stay out for its size is named. */
export function buildScriptEnvironment(
  variables: Variables,
  mountDirectory: string,
  file: string,
): {environment: Record<string, string>; problems: Problem[]} {
  const environment: Record<string, string> = {}
  const problems: Problem[] = []
  let total = 0
  for (const {name, written, value, line} of variables.values()) {
    if (isWithheld(name) || value.includes('\0')) continue
    for (const spelling of new Set([name, written])) {
      const size = Buffer.byteLength(`${spelling}=${value}`) + 1
      if (size > entryLimit || total + size > totalLimit) {
        const message = `with ${size} bytes this is too long for the environment of a program; scripts do without`
        const code = carriesScript.test(name) ? 'context-note' : 'value-ignored'
        problems.push({code, file, line, key: name, message})
        break
      }
      total += size
      environment[spelling] = value
    }
  }
  return {environment: {...environment, MOUNT_DIR: mountDirectory}, problems}
}

/** Tells whether scripts go without a variable because of its name. */
export function isWithheld(name: string): boolean {
  return withheld.some(entry => (entry.endsWith('*') ? name.startsWith(entry.slice(0, -1)) : name === entry))
}
