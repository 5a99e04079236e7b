// What the steps that let somebody in have to know about the guest besides its accounts. Looked up only where the
// context asks for it.

import {dirname, resolve} from 'node:path'
import {sudoersPath} from '../../context/login/sudo.ts'
import {findProgram} from '../../system/programs.ts'
import type {System} from '../../system/system.ts'
import type {OrElse} from '../facts.ts'
import {readLoginDefs} from './login-defs.ts'

export type LoginQuestions = {
  /** The context names an account. */
  hasAccount: boolean
  /** The prefix of the hash that is to be its password, if it is one. */
  scheme?: string | undefined
}

export type LoginFacts = {
  /** The first number that a person's account gets; those below are of services. */
  firstUid: number
  sudo: SudoFacts
  /** The C library knows the scheme of the hash, as far as can be told. */
  knowsScheme: boolean
}

export type SudoFacts = {
  isInstalled: boolean
  /** Its configuration reads the files of /etc/sudoers.d. */
  readsDirectory: boolean
  /** The main file that was looked at. */
  file?: string | undefined
}

export const noLoginFacts: LoginFacts = {
  firstUid: 1000,
  sudo: {isInstalled: false, readsDirectory: false},
  knowsScheme: true,
}

/** Reads what the questions need. */
export function readLoginFacts(
  system: System,
  {hasAccount, scheme}: LoginQuestions,
  orElse: OrElse,
): LoginFacts {
  return {
    ...(hasAccount
      ? {firstUid: readLoginDefs(system).firstUid, sudo: readSudoFacts(system, orElse)}
      : noLoginFacts),
    knowsScheme: scheme === undefined || knowsScheme(system, scheme),
  }
}

/** SUSE keeps the distribution's own file in /usr/etc; one in /etc hides it. */
const sudoersFiles = ['/etc/sudoers', '/usr/etc/sudoers']

function readSudoFacts(system: System, orElse: OrElse): SudoFacts {
  const {files} = system
  const isInstalled = findProgram(system, 'sudo') !== undefined
  if (!isInstalled) return noLoginFacts.sudo
  const file = sudoersFiles.find(path => files.status(path) !== undefined)
  const text = file === undefined ? '' : orElse(() => files.readText(file), undefined)
  // Whoever may not read it takes it for the usual one.
  if (text === undefined) return {isInstalled, readsDirectory: true, file}
  // With @ since sudo 1.9.1, and still with #, which begins no comment where it begins the line (sudoers(5)).
  const line = /^(?:#|[ \t]*@)includedir[ \t]+"?([^\s"#]+)"?[ \t]*(?:#.*)?$/gm
  const directories = [...text.matchAll(line)].map(([, path]) => resolve(dirname(file ?? '/'), path!))
  return {isInstalled, readsDirectory: directories.includes(dirname(sudoersPath)), file}
}

/** Every C library knows these: MD5, and SHA-2 since glibc 2.7; DES, and what cannot be told from a library. */
const commonSchemes = ['$1$', '$5$', '$6$', '', '_']

/** bcrypt in any of its spellings has the first in it as text. */
const textOf = (scheme: string) => (scheme.startsWith('$2') ? '$2a$' : scheme)

/**
 * Tells whether a password of this scheme can ever match: glibc's own libcrypt (Red Hat 7, Debian 10) knows only the
 * common ones, musl bcrypt besides. A library has the prefixes of those that it knows in it as text.
 */
function knowsScheme({files}: System, scheme: string): boolean {
  if (commonSchemes.includes(scheme)) return true
  const multiarch = files.list('/usr/lib').filter(name => /-linux-(gnu|musl)/.test(name))
  const directories = [
    '/lib64',
    '/usr/lib64',
    '/lib',
    '/usr/lib',
    ...multiarch.map(name => `/usr/lib/${name}`),
  ]
  const libraries = directories.flatMap(directory => {
    const names = files.list(directory).filter(name => /^(libcrypt[.-]|ld-musl-)/.test(name))
    return names.map(name => `${directory}/${name}`)
  })
  const texts = libraries.flatMap(path => {
    const isFile = files.status(path)?.isFile() ?? false
    return isFile ? [files.read(path)!] : []
  })
  // Without a library to look at it is believed.
  return texts.length === 0 || texts.some(bytes => bytes.includes(textOf(scheme)))
}
