// YAML for three readers: libyaml in netplan, PyYAML in its command line, and ourselves.

import type {Fields, Value} from './fields.ts'

/** Spells a mapping, a line each. */
export function formatFields(fields: Fields, indent = ''): string {
  return Object.entries(fields)
    .map(([key, value]) => `${indent}${formatText(key)}:${formatValue(value, indent)}`)
    .join('')
}

function formatValue(value: Value, indent: string): string {
  if (typeof value === 'string') return ` ${formatText(value)}\n`
  if (typeof value !== 'object') return ` ${value}\n`
  const inner = `${indent}  `
  if (isList(value)) return value.length === 0 ? ' []\n' : `\n${formatList(value, inner)}`
  return Object.keys(value).length === 0 ? ' {}\n' : `\n${formatFields(value, inner)}`
}

function formatList(list: readonly Value[], indent: string): string {
  return list
    .map(item => {
      const text =
        typeof item === 'object' && !isList(item)
          ? formatFields(item, `${indent}  `)
          : formatValue(item, indent)
      return `${indent}- ${text.trimStart()}`
    })
    .join('')
}

/**
 * Plain where no reader can take it for anything but a text. PyYAML reads YAML 1.1, where `02:00:10:00:00:05` is a
 * number to the base of 60, and `on` is true.
 */
function formatText(text: string): string {
  const isPlain = /^([A-Za-z][\w.-]*|\d+(\.\d+){3}(\/\d+)?|\d+-[\w.-]+)$/.test(text) && !isWord.test(text)
  return isPlain ? text : JSON.stringify(text)
}

const isWord = /^(y|n|yes|no|on|off|true|false|null)$/i

function isList(value: Value): value is readonly Value[] {
  return Array.isArray(value)
}
