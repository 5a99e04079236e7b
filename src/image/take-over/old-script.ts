// The init scripts before today's package: vmcontext.sh of OpenNebula 2.2, and vmcontext of one-context 4 and 5.

import {isScriptOf22, isScriptOfOneContext} from '../../facts/rivals.ts'
import type {System} from '../../system/system.ts'
import {joinParts, type Part, takeAway} from './displace.ts'

/** Names in /etc/init.d that are not those of our own scripts. */
const names = ['vmcontext']

/** Gives the scripts in /etc/init.d that are one of them. */
export function findOldScripts({files}: System): string[] {
  return names.filter(name => isOldScript(files.readText(`/etc/init.d/${name}`) ?? ''))
}

/**
 * Plans that the one of 2.2 goes, which no package has put there, and copies of any of them in the runlevels: the manual
 * has people make a hard link, which stays what it was when another script takes the place in /etc/init.d.
 */
export function removeOldScripts(system: System, runlevels: readonly string[]): Part {
  const {files} = system
  const isOld = (path: string, judge: (text: string) => boolean) =>
    files.linkStatus(path)?.isFile() === true && judge(files.readText(path) ?? '')
  const scripts = names.map(name => `/etc/init.d/${name}`).filter(path => isOld(path, isScriptOf22))
  const copies = runlevels
    .flatMap(directory =>
      files
        .list(directory)
        .filter(name => /^[SK]\d\d/.test(name))
        .map(name => `${directory}/${name}`),
    )
    .filter(path => isOld(path, isOldScript))
  return joinParts(
    [...scripts, ...copies].map(path => takeAway(system, path, 'the script of an older agent')),
  )
}

function isOldScript(text: string): boolean {
  return isScriptOf22(text) || isScriptOfOneContext(text)
}
