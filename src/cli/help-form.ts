// How help looks: what a default says is shown only where it says something.

import type {Help, Option} from 'commander'

/** The headings under which commands stand in the help, and in the manual. */
export type Group = 'At boot' | 'By hand' | 'Images'

/** The form of the help of every command. */
export const helpForm: Partial<Help> = {
  optionDescription: option => [option.description, ...describeValues(option)].join(' '),
}

function describeValues({argChoices, defaultValue, mandatory}: Option): string[] {
  const choices = argChoices === undefined ? [] : [argChoices.join(', ')]
  const isTold = (typeof defaultValue === 'string' && defaultValue !== '') || typeof defaultValue === 'number'
  const said = [
    ...choices,
    ...(isTold ? [`default: ${defaultValue}`] : []),
    ...(mandatory ? ['required'] : []),
  ]
  return said.length === 0 ? [] : [`(${said.join('; ')})`]
}
