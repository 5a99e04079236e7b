// Colours, where a person sits before a terminal that has them.

import {styleText} from 'node:util'
import type {Weight} from '../problem.ts'
import type {Terminal} from './start.ts'

/** What a piece of text is, not how it looks. */
export type Tone = 'good' | 'doubtful' | 'wrong' | 'quiet' | 'strong' | 'added' | 'removed' | 'place'
export type Style = (tone: Tone, text: string) => string

/** How a problem is shown. */
export const weightTones = {
  failure: 'wrong',
  warning: 'doubtful',
  note: 'quiet',
} as const satisfies Record<Weight, Tone>

const looks = {
  good: 'green',
  doubtful: 'yellow',
  wrong: 'red',
  quiet: 'dim',
  strong: 'bold',
  added: 'green',
  removed: 'red',
  place: 'cyan',
} as const satisfies Record<Tone, string>

/**
 * Chooses how text is shown: plain in a pipe, on a terminal without colours, and where NO_COLOR says so
 * (https://no-color.org).
 */
export function chooseStyle({environment, isTerminal}: Pick<Terminal, 'environment' | 'isTerminal'>): Style {
  const {NO_COLOR = '', TERM} = environment
  if (!isTerminal() || NO_COLOR !== '' || TERM === 'dumb') return (_, text) => text
  return (tone, text) => (text === '' ? '' : styleText(looks[tone], text, {validateStream: false}))
}
