// A template of OpenNebula as data: single values and vectors under names in capitals, in the order of the file. Names
// may come more than once (NIC, DISK); the first of a name is the one that counts where there can be only one.

import type {Place} from '../../problem.ts'

/** A value and where it stands in the file. */
export type Value = {
  text: string
  /** Offset in the file of the name it was given to. */
  nameOffset: number
  /** Offset in the file of its first character. */
  offset: number
}
export type Single = Value & {kind: 'single'; name: string}
export type Vector = {
  kind: 'vector'
  name: string
  nameOffset: number
  /** By name in capitals; of a name given twice the first, as in the front end's map. */
  values: Map<string, Value>
}
export type Attribute = Single | Vector

export type Template = {
  /** The file's name, for messages. */
  file: string
  /** What was parsed: offsets count in it. */
  source: string
  /** Line and column, both from 1, of an offset in it. */
  locate: (offset: number) => {line: number; column: number}
  attributes: Attribute[]
}

/** Finds the single value of a name. If a vector of the name comes first, there is none: so the front end has it. */
export function findSingle(template: Template | undefined, name: string): Single | undefined {
  const first = template?.attributes.find(attribute => attribute.name === name)
  return first?.kind === 'single' ? first : undefined
}

/** All vectors of a name. */
export function findVectors(template: Template, name: string): Vector[] {
  return template.attributes.filter(
    attribute => attribute.kind === 'vector' && attribute.name === name,
  ) as Vector[]
}

/** A value of a vector; '' if it has none. */
export function valueIn(vector: Vector, name: string): string {
  return vector.values.get(name)?.text ?? ''
}

/** Gives a vector a value that stands nowhere in the file. */
export function setValue({values, nameOffset}: Vector, name: string, text: string): void {
  values.set(name, {text, nameOffset, offset: nameOffset})
}

/** Where a character of a value stands in the file: in front of it lie the backslashes that unescaping took. */
export function offsetInSource(source: string, value: Value, index: number): number {
  let offset = value.offset
  for (let position = 0; position < index; position += 1) {
    if (source[offset] === '\\' && value.text[position] === '"') offset += 1
    offset += 1
  }
  return offset
}

/** The place of an offset, for a problem. */
export function placeOf({file, locate}: Pick<Template, 'file' | 'locate'>, offset: number): Place {
  return {file, ...locate(offset)}
}
