// The order of the agent's first unit and the network's, as the files say it: the unit and its drop-ins (systemd.unit(5)).
// An order that is said anywhere holds: nothing takes one back.

import {unitPath} from '../../image/install/check/systemd.ts'
import type {Problem} from '../../problem.ts'
import type {Files} from '../../system/files.ts'
import type {System} from '../../system/system.ts'
import {doubtful, wrong} from '../problems.ts'

const unit = 'vmcontext-local.service'
const networkServices = ['networking', 'network', 'wicked', 'wickedd', 'NetworkManager', 'systemd-networkd']
const lateTargets = ['network.target', 'network-online.target', 'basic.target', 'multi-user.target']

/** Checks it; `started` are the services that are started at boot. */
export function checkUnitOrder(system: System, started: ReadonlySet<string>): Problem[] {
  const lines = readLines(system.files)
  if (lines.length === 0) return []
  const names = networkServices.filter(name => started.has(name)).map(name => `${name}.service`)
  const after = lines.flatMap(line => {
    const late = line.key === 'After' ? line.names.filter(isOfNetwork) : []
    return late.length === 0 ? [] : [describeLate(line, late)]
  })
  const foreign = describeForeign(lines)
  if (after.length > 0) return [...after, ...foreign]
  const before = new Set(lines.flatMap(({key, names: list}) => (key === 'Before' ? list : [])))
  const open = before.has('network-pre.target') ? [] : names.filter(name => !before.has(name))
  if (open.length === 0) return foreign
  const file = lines.at(-1)!.file
  const message = `nothing orders ${unit} before ${open.join(' and ')}: which of them comes first is chance`
  return [wrong({file, message, cure: restore}), ...foreign]
}

const restore = 'vmcontext install puts its own unit back'

/** Tells whether a unit belongs to the network, or comes later still. */
export function isOfNetwork(name: string): boolean {
  return lateTargets.includes(name) || networkServices.includes(name.replace(/\.service$/, ''))
}

function describeLate({file, line, isDropIn}: UnitLine, late: readonly string[]): Problem {
  const message = `this starts the agent behind ${late.join(' and ')}: the network is up before its files are written`
  const cure = isDropIn ? 'take that line out, then systemctl daemon-reload' : restore
  return wrong({file, line, key: 'After', message, cure})
}

/** Lines that others have put to our unit, and that decide whether it runs and what it runs. */
function describeForeign(lines: readonly UnitLine[]): Problem[] {
  const deciding = lines.filter(
    ({isDropIn, key, names}) =>
      isDropIn && names[0] !== '' && /^(Condition\w+|Assert\w+|ExecStart)$/.test(key),
  )
  return deciding.map(({file, line, key}) => {
    const message = `this decides whether ${unit} runs, or what it runs, and is not of vmcontext`
    const cure = 'take that line out unless it is meant, then systemctl daemon-reload'
    return doubtful({file, line, key, message, cure})
  })
}

type UnitLine = {file: string; line: number; isDropIn: boolean; key: string; names: string[]}

function readLines(files: Files): UnitLine[] {
  const own = unitPath.map(directory => `${directory}/${unit}`).find(path => files.status(path)?.isFile())
  if (own === undefined) return []
  const dropIns = new Map<string, string>()
  for (const directory of unitPath.toReversed()) {
    const names = files.list(`${directory}/${unit}.d`).filter(name => name.endsWith('.conf'))
    for (const name of names) dropIns.set(name, `${directory}/${unit}.d/${name}`)
  }
  const paths = [own, ...[...dropIns.keys()].sort().map(name => dropIns.get(name)!)]
  return paths.flatMap(path => parseLines(path, files.readText(path) ?? '', path !== own))
}

function parseLines(file: string, text: string, isDropIn: boolean): UnitLine[] {
  return joinLines(text)
    .split('\n')
    .flatMap((raw, index) => {
      const [, key, value] = /^\s*(\w+)\s*=(.*)$/.exec(raw) ?? []
      if (key === undefined) return []
      return [{file, line: index + 1, isDropIn, key, names: value!.trim().split(/\s+/)}]
    })
}

/** A line that ends in a backslash goes on below (systemd.syntax(7)). Every line keeps its number. */
function joinLines(text: string): string {
  return text.replace(/^(?!\s*[#;])(?:.*\\\n)+.*$/gm, lines => {
    const parts = lines.split('\\\n')
    return parts.join(' ') + '\n'.repeat(parts.length - 1)
  })
}
