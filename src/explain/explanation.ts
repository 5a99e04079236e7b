// What an explanation is, whatever it is about: an answer in a few sentences, and what it rests on.

import type {Problem} from '../problem.ts'

/** Where something comes from. `value` is what may be shown of it. */
export type Origin =
  | {
      kind: 'variable' | 'setting'
      name: string
      file?: string | undefined
      line?: number | undefined
      value: string
    }
  /** The MAC of a card. */
  | {kind: 'mac'; name: string; value: string}
  /** Nobody said anything: a rule of this program, and the name that would say otherwise. */
  | {kind: 'default'; name: string; rule: string}
  /** It stood there before the agent came. */
  | {kind: 'before'}
  /** Somebody wrote it since. */
  | {kind: 'not ours'}
  /** The form that the file has to have. */
  | {kind: 'form'}

/** A value, and what it comes from. */
export type ExplainedValue = {name: string; value: string; from: readonly Origin[]; note?: string | undefined}

/** A line of a file, numbered from 1. */
export type ExplainedLine = {line: number; text: string; from: readonly Origin[]}

export type Section = {title: string; lines: readonly string[]}

export type SubjectKind = 'guest' | 'nic' | 'variable' | 'file' | 'step' | 'mac' | 'ip'

export type Explanation = {
  subject: {kind: SubjectKind; name: string}
  /** Sentences, the most important first. */
  answer: readonly string[]
  values: readonly ExplainedValue[]
  lines: readonly ExplainedLine[]
  sections: readonly Section[]
  problems: readonly Problem[]
  /** What else could be meant, and how to ask for it. */
  also: readonly string[]
}

/** An explanation with nothing in it but its subject and answer. */
export function answerOnly(kind: SubjectKind, name: string, answer: readonly string[]): Explanation {
  return {subject: {kind, name}, answer, values: [], lines: [], sections: [], problems: [], also: []}
}

/** Names a place for a person: `ETH0_MASK (context.sh:12)`. */
export function nameOrigin(origin: Origin): string {
  switch (origin.kind) {
    case 'variable':
    case 'setting': {
      const place = [origin.file, origin.line].filter(part => part !== undefined).join(':')
      return place === '' ? origin.name : `${origin.name} (${place})`
    }
    case 'mac':
      return `the MAC of ${origin.name}`
    case 'default':
      return `default: ${origin.rule}`
    case 'before':
      return 'was there before'
    case 'not ours':
      return 'not ours'
    case 'form':
      return 'form of the file'
  }
}

/** Tells whether the agent has no part in it. */
export function isOthers([first]: readonly Origin[]): boolean {
  return first?.kind === 'before' || first?.kind === 'not ours'
}
