// Where the program begins: arguments in, exit code out. In the packaged binary this module has been evaluated when
// the binary was built, and what V8 made of it is restored at every start; only the function below runs then.

import {readSync, writeSync} from 'node:fs'
import {isatty} from 'node:tty'
import {startupSnapshot} from 'node:v8'
import packageFile from '../package.json' with {type: 'json'}
import {start} from './cli/start.ts'
import {warmUp} from './warm-up.ts'

if (startupSnapshot.isBuildingSnapshot()) {
  startupSnapshot.setDeserializeMainFunction(main)
  void warmUp('/proc/self/fd/8')
} else {
  void main()
}

async function main(): Promise<void> {
  // What is for everybody to read must not depend on who started us.
  process.umask(0o022)
  let hasReader = true
  const exitCode = await start(
    {
      args: process.argv.slice(2),
      environment: process.env,
      isTerminal: () => isatty(1),
      columns: () => (isatty(1) && process.stdout.columns) || 80,
      print: text => {
        hasReader = writeAll(1, text) && hasReader
      },
      hasReader: () => hasReader,
      printError: text => writeAll(2, text),
      ask: question => (isatty(0) && isatty(2) ? askForLine(question) : undefined),
      onStop(stop) {
        for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, stop)
      },
    },
    packageFile.version,
  )
  // All is written. Node would take its heap apart first, which the kernel does faster.
  process.exit(exitCode)
}

/**
 * Writes synchronously: nothing is lost when the program ends, and a reader that is gone (`| head`) is no error. Of bytes
 * it is one: a half of them is worth nothing.
 *
 * @returns whether all of it was written.
 */
function writeAll(descriptor: number, text: string | Uint8Array): boolean {
  const bytes = Buffer.from(text)
  for (let at = 0; at < bytes.length; ) {
    try {
      at += writeSync(descriptor, bytes, at)
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'EAGAIN') continue
      if (typeof text !== 'string') throw error
      return false
    }
  }
  return true
}

/** Puts a question to the terminal and reads the line that is typed; undefined at its end (Ctrl-D). */
function askForLine(question: string): string | undefined {
  writeAll(2, question)
  const buffer = Buffer.alloc(4096)
  const length = readSync(0, buffer)
  return length === 0 ? undefined : buffer.toString('utf8', 0, length).trim()
}
