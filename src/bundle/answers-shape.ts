// The shape of answers.json. Others may have written it, and planning trusts what it is given.

import {isRecord} from '../report/json.ts'

type Test = (value: unknown) => boolean

const isText: Test = value => typeof value === 'string'
const isSwitch: Test = value => typeof value === 'boolean'
const isCount: Test = value => Number.isSafeInteger(value) && (value as number) >= 0
const isListOf =
  (test: Test): Test =>
  value =>
    Array.isArray(value) && value.every(test)
const isEither =
  (...tests: Test[]): Test =>
  value =>
    tests.some(test => test(value))
const isWord =
  (...words: string[]): Test =>
  value =>
    words.some(word => word === value)
const isRecordOf =
  (test: Test): Test =>
  value =>
    isRecord(value) && Object.values(value).every(test)

/** An object with these fields; one whose name ends in `?` need not be there. */
function hasFields(fields: Readonly<Record<string, Test>>): Test {
  return value =>
    isRecord(value) &&
    Object.entries(fields).every(([name, test]) => {
      const part = value[name.replace('?', '')]
      return part === undefined ? name.endsWith('?') : test(part)
    })
}

const isTrace = hasFields({
  'status?': isEither(
    value => value === null,
    hasFields({mode: isCount, uid: isCount, gid: isCount, size: isCount, rdev: isCount}),
  ),
  'link?': isText,
  'names?': isListOf(isText),
  'hasContent?': isSwitch,
  'slices?': isListOf(hasFields({offset: isCount, length: isCount, base64: isText})),
  'space?': isCount,
  'refusals?': isRecordOf(hasFields({code: isText, words: isText, 'isUnseen?': isSwitch})),
})

const isProblem = hasFields({
  code: isText,
  message: isText,
  'cure?': isText,
  'file?': isText,
  'line?': isCount,
  'column?': isCount,
  'key?': isText,
})

const isSource = isEither(
  hasFields({state: isWord('no drive', 'no disc', 'unreadable'), problems: isListOf(isProblem)}),
  hasFields({
    state: isWord('found'),
    recognition: isText,
    origin: isText,
    directory: isText,
    contextFile: isText,
    problems: isListOf(isProblem),
  }),
)

const isAssignment = hasFields({
  name: isText,
  written: isText,
  value: isText,
  line: isCount,
  quoting: isText,
})

const isLink = hasFields({
  name: isText,
  mac: isText,
  isPhysical: isSwitch,
  hasPermanentMac: isSwitch,
  'pciAddress?': isText,
})

const isResult = hasFields({
  ended: isWord('exited', 'killed', 'timed out', 'not started'),
  'exitCode?': isCount,
  'signal?': isText,
  output: isText,
  'cause?': isText,
})

/** Tells whether something is what a bundle notes of a guest. */
export const isAnswers = hasFields({
  version: isCount,
  root: isText,
  live: isSwitch,
  overrides: isListOf(isAssignment),
  'links?': isListOf(isLink),
  'source?': isSource,
  answers: isListOf(hasFields({argv: isListOf(isText), result: isResult})),
  files: isRecordOf(isTrace),
  context: isRecordOf(isTrace),
})
