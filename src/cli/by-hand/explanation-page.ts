// An explanation for a person: the answer first, then the values with what they come from, then the lines of a file.

import {
  type ExplainedLine,
  type Explanation,
  isOthers,
  nameOrigin,
  type Origin,
} from '../../explain/explanation.ts'
import {formatProblem, type Problem, weighProblem} from '../../problem.ts'
import {wrapLine} from '../paragraph.ts'
import {type Style, weightTones} from '../style.ts'
import {describeUnseen} from './sight.ts'

/** Takes secrets and control characters out of a text. */
export type Clean = (text: string) => string

/** Formats an explanation for 80 columns. Text is cleaned before it is coloured: a colour is a control character too. */
export function formatExplanation(explanation: Explanation, style: Style, clean: Clean): string[] {
  const {answer, sections, problems, also} = explanation
  return [
    ...answer.flatMap((sentence, index) =>
      wrapLine(clean(sentence), 0, '').map(line => (index === 0 ? style('strong', line) : line)),
    ),
    ...formatValues(explanation, style, clean),
    ...formatLines(explanation.lines, style, clean),
    ...sections.flatMap(({title, lines}) => [
      '',
      style('strong', title),
      ...lines.flatMap(line => wrapLine(clean(line), 2, '  ')).map(line => `  ${line}`),
    ]),
    ...formatProblems(problems, style, clean),
    ...(also.length === 0
      ? []
      : ['', ...wrapLine(clean(`Also of this name: ${also.map(each => `explain ${each}`).join(', ')}`), 0)]),
  ]
}

function formatProblems(problems: readonly Problem[], style: Style, clean: Clean): string[] {
  const [unseen, others] = [true, false].map(is =>
    problems.filter(({code}) => (code === 'fact-unseen') === is),
  )
  const rows = others!.flatMap(problem => {
    const weight = weighProblem(problem)
    return wrapLine(clean(`${weight}: ${formatProblem(problem)}`), 2).map(
      line => `  ${style(weightTones[weight], line)}`,
    )
  })
  const hidden = [...new Set(unseen!.flatMap(({file}) => file ?? []))]
  return [
    ...(rows.length === 0 ? [] : ['', style('strong', 'Problems'), ...rows]),
    ...(hidden.length === 0
      ? []
      : ['', ...wrapLine(clean(describeUnseen(hidden)), 0).map(line => style('doubtful', line))]),
  ]
}

function formatValues({subject, values}: Explanation, style: Style, clean: Clean): string[] {
  if (values.length === 0) return []
  const names = values.map(({name}) => clean(name))
  const texts = values.map(({value}) => clean(value))
  const [nameWidth, valueWidth] = [names, texts].map(all =>
    Math.min(40, Math.max(...all.map(text => text.length))),
  )
  const left = nameWidth! + valueWidth! + 6
  const isNarrow = left < 50
  const title = valueTitles[subject.kind]
  return [
    '',
    ...(title === undefined ? [] : [style('strong', title)]),
    ...values.flatMap(({name, from, note}, index) => {
      const head = `  ${names[index]!.padEnd(nameWidth!)}  ${texts[index]!.padEnd(isNarrow ? valueWidth! : 0)}`
      const words = [from.map(each => nameBeside(name, each)).join(', '), note].filter(Boolean).join('; ')
      const wrapped = words === '' ? [] : wrapLine(clean(words), isNarrow ? left : 6, '')
      if (!isNarrow) return [head.trimEnd(), ...wrapped.map(line => `      ${style('place', line.trim())}`)]
      const [first = '', ...others] = wrapped
      return [
        `${head}  ${style('place', first)}`.trimEnd(),
        ...others.map(line => ' '.repeat(left) + style('place', line.trim())),
      ]
    }),
  ]
}

/** What stands above a table of values, where the answer does not say it. */
const valueTitles: Partial<Record<Explanation['subject']['kind'], string>> = {
  guest: 'Settings',
  step: 'Set here',
}

/** Beside the name of a variable its place is enough. */
function nameBeside(name: string, origin: Origin): string {
  const words = nameOrigin(origin)
  return words.startsWith(`${name} (`) ? words.slice(name.length + 2, -1) : words
}

/** Like blame: what lines come from, and below it the lines, which are as long as they are. */
function formatLines(lines: readonly ExplainedLine[], style: Style, clean: Clean): string[] {
  let last = ''
  const rows = lines.flatMap(({line, text, from}) => {
    const cause = clean(from.map(nameOrigin).join(', '))
    const isNew = cause !== last
    last = cause
    const tone = isOthers(from) ? 'quiet' : 'place'
    const heading = isNew ? wrapLine(cause, 2).map(words => `  ${style(tone, words)}`) : []
    return [...heading, `      ${`${line}`.padStart(5)}  ${clean(text)}`.trimEnd()]
  })
  return rows.length === 0 ? [] : ['', ...rows]
}
