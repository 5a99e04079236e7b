// ifupdown: Debian to 12, Ubuntu to 16.04, Devuan. One file for all interfaces, and those that it sources. What says
// nothing of our NICs keeps its bytes.

import type {ByteText} from '../../action.ts'
import type {Change, Dialect, Rendering, Surroundings} from '../dialect.ts'
import {endLine, planFile} from '../file-edit.ts'
import {activateByIfup} from '../ifup.ts'
import type {Nic} from '../model.ts'
import {isSignature} from '../signature.ts'
import {collectDefinitions, definesIpv4} from './definition.ts'
import {type Block, between, commentsOf, formatInterfaces, parseInterfaces} from './interfaces-file.ts'
import {findPatterns, namesBroughtUp, selectByOwnName} from './selection.ts'
import {defaultDirectory, type InterfacesFile, mainPath, readSourcedFiles, sourcePatterns} from './sources.ts'
import {formatStanza} from './stanza.ts'

export const interfaces: Dialect = {
  name: 'interfaces',
  title: 'ifupdown',
  otherNames: ['ifupdown'],
  // ifupdown; busybox and ifupdown-ng; ifupdown2.
  serviceMarks: ['/run/network/ifstate', '/run/ifstate', '/run/network/ifstatelock'],
  sources: known => [mainPath, `${defaultDirectory}/*`, ...sourcePatterns(known)],
  render: renderInterfaces,
  activate: activateByIfup,
  resolvesNames: () => true,
}

/** What ifupdown's postinst writes, for a guest without the file. */
const freshFile = `# interfaces(5) file used by ifup(8) and ifdown(8)
# Include files from ${defaultDirectory}:
source ${defaultDirectory}/*
`

function renderInterfaces({network}: Change, {files}: Surroundings): Rendering {
  const nics = network.nics.filter(nic => nic.ipv4 !== undefined)
  if (nics.length === 0) return {files: [], problems: [], changed: [], restored: []}
  const devices = nics.map(nic => nic.device)
  const before = readSourcedFiles(new Map([[mainPath, {content: freshFile, mode: 0o644}], ...files]))
  const after = placeStanzas(before, nics)
  const [was, is] = [before, after].map(files => collectDefinitions(files.flatMap(file => file.blocks)))
  return {
    files: after.flatMap(({path, blocks}) => planFile(files, path, formatInterfaces(blocks))),
    problems: after.flatMap(file => findPatterns(file, devices)),
    changed: devices.filter(device => was!.get(device) !== is!.get(device)),
    restored: [],
  }
}

/**
 * Gives each NIC its one stanza: in the main file, in place of the first one there, else at the end. A file that is
 * sourced loses its stanzas of the NIC and stays, if need be empty: busybox reads nothing more when one is missing.
 */
function placeStanzas(files: readonly InterfacesFile[], nics: readonly Nic[]): InterfacesFile[] {
  const ours = new Map(nics.map(nic => [nic.device, nic]))
  const [main, ...sourced] = files.map(({path, blocks}) => {
    return {path, blocks: blocks.flatMap(block => selectByOwnName(block, device => ours.has(device)))}
  })
  const all = [main!, ...sourced].flatMap(file => file.blocks)
  const nicOf = (block: Block) => (definesIpv4(block, all) ? ours.get(block.words[0]!) : undefined)
  const broughtUp = new Set(all.filter(block => nicOf(block) === undefined).flatMap(namesBroughtUp))
  const missing = new Set(nics)
  const place = (block: Block, nic: Nic) => {
    const comments = othersComments(block)
    const isFirst = missing.delete(nic)
    return isFirst ? parseInterfaces(formatEntry(nic, broughtUp, formatInterfaces(comments))) : comments
  }
  const text = formatInterfaces(replaceStanzas(main!, nicOf, place).blocks)
  const entries = Array.from(missing, nic => formatEntry(nic, broughtUp))
  const added = [...missingLoopback(all, broughtUp), ...entries].reduce(addParagraph, text)
  return [
    {path: mainPath, blocks: parseInterfaces(added)},
    ...sourced.map(file => replaceStanzas(file, nicOf, othersComments)),
  ]
}

function replaceStanzas(
  {path, blocks}: InterfacesFile,
  nicOf: (block: Block) => Nic | undefined,
  replace: (block: Block, nic: Nic) => Block[],
): InterfacesFile {
  const edit = (block: Block, nic = nicOf(block)) => (nic === undefined ? [block] : replace(block, nic))
  return {path, blocks: blocks.flatMap(block => edit(block))}
}

/** ifupdown before 0.7.50 and busybox know `lo` only from the file. */
function missingLoopback(blocks: readonly Block[], broughtUp: ReadonlySet<string>): ByteText[] {
  const isThere = blocks.some(({keyword, words}) => keyword === 'iface' && words[0] === 'lo')
  return isThere ? [] : [`${formatAuto('lo', broughtUp)}iface lo inet loopback\n`]
}

function formatEntry(nic: Nic, broughtUp: ReadonlySet<string>, comments: ByteText = ''): ByteText {
  return formatAuto(nic.device, broughtUp) + formatStanza(nic, nic.ipv4!, comments)
}

/** Once and no more: a second `auto` for a name makes busybox give up. `allow-hotplug` is not for `ifup -a`. */
function formatAuto(device: string, broughtUp: ReadonlySet<string>): ByteText {
  return broughtUp.has(device) ? '' : `auto ${device}\n`
}

function othersComments(block: Block): Block[] {
  return between(commentsOf(block).filter(line => !isSignature(line.text)))
}

/** Adds a paragraph behind a blank line. */
function addParagraph(text: ByteText, paragraph: ByteText): ByteText {
  const isSeparate = text === '' || /(^|\n)[ \t\r]*\n$/.test(text)
  return `${endLine(text)}${isSeparate ? '' : '\n'}${paragraph}`
}
