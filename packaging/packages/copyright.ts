// The copyright file of a package: Debian's machine-readable format (DEP-5), which people can read too.

import {type CarriedWork, isClaim, label} from '../licences.ts'
import {identity} from './identity.ts'

type Terms = {name: string; text: string}

const head = `Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/
Upstream-Name: vmcontext
Comment:
 /usr/sbin/vmcontext is one executable: the agent's own script, the npm packages
 that it uses, and Node, which runs it. Below, node_modules stands for the
 packages and node for Node, in the versions that lie inside.

Files: *
Copyright: The vmcontext authors
License: ${identity.licence}
`

/** Gives the text. Works under the same terms share one paragraph with them. */
export function renderCopyright(works: readonly CarriedWork[], node: CarriedWork): string {
  const terms: Terms[] = [{name: identity.licence, text: apache}]
  const files = works.map(work => renderFiles(`node_modules/${work.name}/*`, work, termsOf(work, terms)))
  return [
    head,
    ...files,
    // Its own text is a collection of many; some of them are Apache's in full.
    renderFiles('node/*', node, 'Node') + indent(node.text),
    ...terms.map(({name, text}) => `License: ${name}\n${indent(text)}`),
  ].join('\n')
}

const apache = `Licensed under the Apache License, Version 2.0; you may not use these files
except in compliance with the License. On Debian systems it is to be found in
/usr/share/common-licenses/Apache-2.0, elsewhere at
http://www.apache.org/licenses/LICENSE-2.0
`

function renderFiles(files: string, work: CarriedWork, licence: string): string {
  return `Files: ${files}
Copyright: ${work.copyright.join('\n           ')}
License: ${licence}
${licence === 'Node' ? '' : `Comment: ${label(work)}\n`}`
}

/** Gives the name of a work's terms, noted first if they are none of those known. */
function termsOf(work: CarriedWork, terms: Terms[]): string {
  if (work.licence === 'Apache-2.0') return work.licence
  const text = stripClaims(work.text)
  const known = terms.find(other => comparable(other.text) === comparable(text))
  if (known !== undefined) return known.name
  const namesakes = terms.filter(({name}) => name.replace(/-v\d+$/, '') === work.licence).length
  const name = namesakes === 0 ? work.licence : `${work.licence}-v${namesakes + 1}`
  terms.push({name, text})
  return name
}

/** The terms alone: whose the work is stands in its own paragraph, and headings vary. */
function stripClaims(text: string): string {
  const lines = text
    .split('\n')
    .filter(line => !isClaim(line) && !/^\W*(the )?[\w -]*licen[cs]e( \([\w -]+\))?\W*$/i.test(line))
  return `${lines.join('\n').trim()}\n`
}

function comparable(text: string): string {
  return text.toLowerCase().replaceAll(/[^a-z]+/g, ' ')
}

/** As a field's further lines have to be: one blank in front, and a dot where a line is empty. */
function indent(text: string): string {
  const lines = text.trimEnd().replaceAll('\t', '  ').split('\n')
  return lines.map(line => (line.trim() === '' ? ' .\n' : ` ${line.trimEnd()}\n`)).join('')
}
