// Hashed passwords that a shell, or a template, took for variables: `$6$salt$…` loses all that begins with a `$`.

import {decodeBase64} from '../../../context/base64.ts'
import {recogniseHash} from '../../../context/login/crypt.ts'
import type {Assignment} from '../../../context/shell.ts'
import {doubtful, type Lint, placeIn, wrong} from './lint.ts'

/** The beginning of a hash (crypt(5)) before which no backslash stands. */
const hashStart = /(?<!\\)\$(?:[1567]|2[abxy]|y|gy|sha1|md5)\$/

/** A variable that was written with a hash and is read without it, unless reading tells so already. */
export const findEatenHash: Lint = disc => {
  const isTold = ({line}: Assignment) =>
    disc.known.some(problem => problem.line === line && problem.code === 'value-rejected')
  return disc.assignments
    .filter(assignment => !isTold(assignment) && ['double', 'none', 'mixed'].includes(assignment.quoting))
    .filter(({line, value}) => hashStart.test(disc.lines[line - 1] ?? '') && !hashStart.test(value))
    .map(assignment => {
      const message = 'this is a hash whose $ are taken for variables, so that little of it is left'
      return wrong({...placeIn(disc, assignment), message, cure: 'put it in single quotes, or write \\$'})
    })
}

/** PASSWORD with a hash in it: then the hash itself is what has to be typed. */
export const findHashAsPassword: Lint = disc =>
  ['PASSWORD', 'PASSWORD_BASE64'].flatMap(name => {
    const variable = disc.disc.variables.get(name)
    if (variable === undefined) return []
    const text = name === 'PASSWORD' ? variable.value : String(decodeBase64(variable.value))
    const hash = text.replaceAll('\\$', '$').trim()
    if (!hash.startsWith('$') || recogniseHash(hash) === undefined) return []
    const message = 'this is a hash, and here it is the password itself'
    return [doubtful({...placeIn(disc, variable), message, cure: `call it CRYPTED_${name}`})]
  })
