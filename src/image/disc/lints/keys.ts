// Keys that are none, and keys that should not be here.

import {parseKeys} from '../../../context/login/authorized-key.ts'
import type {DiscFile} from '../disc-files.ts'
import {baseName, doubtful, type Lint, type LintedDisc, placeIn, wrong} from './lint.ts'

/** What begins a private key: of OpenSSH, OpenSSL and PuTTY. */
const privateKey = /-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----|^PuTTY-User-Key-File-\d/m

/**
 * A private key: whoever is in the guest, and whoever gets at the disc, has it. One that lets its owner log in hardly
 * ever belongs there; `id_rsa` is what one gets who forgets the `.pub`.
 */
export const findPrivateKeys: Lint = disc => [
  ...disc.files
    .filter(({content}) => content !== undefined && privateKey.test(content.toString('latin1')))
    .map(describe),
  ...findInVariables(disc),
]

function describe(file: DiscFile) {
  const name = baseName(file)
  const message = 'this is a private key: everybody who gets at the disc has it'
  if (/^id_\w+$/.test(name))
    return wrong({file: file.path, message, cure: `put ${name}.pub on the disc, and make a new pair of keys`})
  return doubtful({file: file.path, message, cure: 'leave it out if the guest does not need it'})
}

function findInVariables(disc: LintedDisc) {
  return [...disc.disc.variables.values()]
    .filter(({value}) => privateKey.test(value))
    .map(variable => {
      const message = 'there is a private key in this: everybody who gets at the disc has it'
      return doubtful({
        ...placeIn(disc, variable),
        message,
        cure: 'leave it out if the guest does not need it',
      })
    })
}

/** A `.pub` file that no key is in. */
export const findFalseKeys: Lint = ({files, known}) =>
  files
    .filter(file => file.path.endsWith('.pub') && !known.some(problem => problem.file === file.path))
    .filter(({content}) => content !== undefined && parseKeys(content.toString('utf8')).keys.length === 0)
    .map(({path}) => doubtful({file: path, message: 'there is no public key of ssh in it'}))
