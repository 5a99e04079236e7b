// The log from some place on to its end, and further as it grows. However large it is, a piece of it is held at a time.

import {setTimeout as delay} from 'node:timers/promises'
import {logPath} from '../report/log.ts'
import {type LogFile, openLogFile} from '../system/log-file.ts'
import type {System} from '../system/system.ts'
import {isAtLeast, type LogLevel, type LogLine, parseLogLine} from './log-line.ts'

export type LogRequest = {
  level: LogLevel
  /** The last lines of that level; undefined: all. */
  lines?: number | undefined
  /** Goes on until the signal comes. */
  follow?: AbortSignal | undefined
}

const pieceSize = 64 * 1024
/** A line of ours is far shorter; of something else no more than this is shown. */
const lineLimit = 64 * 1024
const newline = 0x0a
const pollMs = 250

/**
 * Gives each line to `take`, all levels, with whether it was asked for; `take` answers whether to go on.
 *
 * @returns false if there is no log.
 * @throws SystemError if it cannot be read.
 */
export async function readLog(
  system: System,
  {level, lines, follow}: LogRequest,
  take: (line: LogLine, isWanted: boolean) => boolean,
): Promise<boolean> {
  let log = openLogFile(system, logPath)
  if (log === undefined && follow === undefined) return false
  let offset = log === undefined || lines === undefined ? 0 : findLast(log, lines, level)
  const splitter = createSplitter(text => {
    const line = parseLogLine(text)
    return take(line, isAtLeast(line, level))
  })
  for (;;) {
    if (log !== undefined) offset = readFrom(log, offset, splitter)
    if (follow === undefined || follow.aborted || splitter.isEnough()) break
    const isReplaced = log?.isReplaced() ?? true
    // What was written into the old file before its name was taken away has still to come.
    if (isReplaced && log !== undefined) readFrom(log, offset, splitter)
    if (isReplaced) {
      splitter.end()
      log?.close()
      log = openLogFile(system, logPath)
      offset = 0
      if (log !== undefined) continue
    }
    await delay(pollMs, undefined, {signal: follow}).catch(() => undefined)
  }
  splitter.end()
  log?.close()
  return true
}

/** Reads to the end and gives the offset of it. A log that became shorter was emptied: it is read from its beginning. */
function readFrom(log: LogFile, offset: number, splitter: Splitter): number {
  let at = offset
  if (log.size() < at) {
    splitter.end()
    at = 0
  }
  while (!splitter.isEnough()) {
    const piece = log.read(at, pieceSize)
    if (piece.length === 0) break
    at += piece.length
    splitter.add(piece)
  }
  return at
}

type Splitter = ReturnType<typeof createSplitter>

/** Cuts bytes into lines; what has no end yet waits for it, but for what no line of ours would be. */
function createSplitter(take: (text: string) => boolean) {
  let rest: Buffer[] = []
  let length = 0
  let isEnough = false
  const put = (bytes: Buffer) => {
    const room = Math.max(0, lineLimit - length)
    // A piece is read into memory of its own, so it stays as it is.
    if (room > 0 && bytes.length > 0) rest.push(bytes.subarray(0, room))
    length += bytes.length
  }
  const end = () => {
    if (length === 0) return
    const cut = length > lineLimit ? ` [${length - lineLimit} bytes more]` : ''
    const text = Buffer.concat(rest).toString('utf8') + cut
    rest = []
    length = 0
    if (!isEnough) isEnough = !take(text)
  }
  return {
    end,
    isEnough: () => isEnough,
    add(piece: Buffer) {
      let start = 0
      for (let at = piece.indexOf(newline); at >= 0; at = piece.indexOf(newline, start)) {
        put(piece.subarray(start, at))
        end()
        start = at + 1
      }
      put(piece.subarray(start))
    },
  }
}

/** Finds where the last so many lines of a level begin, from the end backwards. */
function findLast(log: LogFile, lines: number, level: LogLevel): number {
  const begins: number[] = []
  let end = log.size()
  // Line by line from behind: the head of a line, which has its level, comes last.
  let after = Buffer.alloc(0)
  const meet = (begin: number, head: Buffer) => {
    if (head.length > 0 && isAtLeast(parseLogLine(head.toString('utf8')), level)) begins.push(begin)
  }
  while (end > 0 && begins.length < lines) {
    const begin = Math.max(0, end - pieceSize)
    let piece: Buffer = log.read(begin, end - begin)
    for (let at = piece.lastIndexOf(newline); at >= 0; at = piece.lastIndexOf(newline)) {
      meet(begin + at + 1, joinHead(piece.subarray(at + 1), after))
      if (begins.length >= lines) break
      after = Buffer.alloc(0)
      piece = piece.subarray(0, at)
    }
    if (begins.length < lines) after = joinHead(piece, after)
    end = begin
  }
  if (begins.length < lines) meet(0, after)
  return begins.at(-1) ?? log.size()
}

/** The beginning of a line is enough to tell its level. */
function joinHead(head: Buffer, rest: Buffer): Buffer<ArrayBuffer> {
  return Buffer.concat([head, rest]).subarray(0, lineLimit) as Buffer<ArrayBuffer>
}
