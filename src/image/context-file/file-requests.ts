// Which files a context wants on its disc: FILES, blank between paths, and FILES_DS, files of the cloud's images.

import type {Problem} from '../../problem.ts'
import type {Generation} from '../template/generation.ts'
import {findImage} from '../template/scope.ts'
import {findSingle, placeOf, type Template, type Value} from '../template/template.ts'

export type FileRequest = {
  /** As it is written in the template, or in the file of an image. */
  path: string
  /** Its name on the disc; undefined: its own. */
  name?: string | undefined
  /** The file that names it: relative paths begin where that lies. */
  namedIn: string
  key: string
  line?: number | undefined
}

/**
 * Reads FILES. Today a path may be followed by `:` and the name on the disc, in single quotes or not
 * (src/tm_mad/common/context of release-7.0.2); 2.2 knows no quotes either (src/tm_mad/nfs/tm_context.sh).
 */
export function readFiles(
  text: string,
  generation: Generation,
  place: Omit<FileRequest, 'path' | 'name'>,
): FileRequest[] {
  if (generation === '2.2') return splitWords(text).map(path => ({...place, path}))
  const words = text.match(/(?:[^\s']|'[^']*')+/g) ?? []
  return words.map(word => {
    const [path, ...name] = word.replaceAll("'", '').split(':')
    // An address of the web has a colon of its own.
    if (path === 'http' || path === 'https') return {...place, path: word}
    return {...place, path: path!, name: name.join(':') || undefined}
  })
}

/**
 * Reads FILES_DS: `$FILE[IMAGE="init.sh"]`, `$FILE[IMAGE_ID=3]`, found by the files of images, or paths of this machine.
 * Gives the files and what the front end writes as the variable: the source of each and its name.
 */
export function readImageFiles(
  template: Template,
  images: readonly Template[],
  {text, offset}: Value,
  problems: Problem[],
): {requests: FileRequest[]; value: string} {
  const {file, line} = placeOf(template, offset)
  const place = {namedIn: file!, key: 'FILES_DS', line}
  const requests: FileRequest[] = []
  const rest = text.replaceAll(reference, (whole, key: string, value: string) => {
    const image = findImage(images, {name: key.toUpperCase(), value: value.replaceAll('"', '')})
    const request = image === undefined ? undefined : requestOf(image, place)
    if (request === undefined) {
      const reason = image === undefined ? 'no --image file describes it' : `${image.file} has no PATH`
      problems.push({code: 'file-refused', file, line, key: 'FILES_DS', message: `${whole}: ${reason}`})
    } else requests.push(request)
    return ' '
  })
  requests.push(...readFiles(rest, 'today', place))
  const value = requests.map(({path, name}) => `${path}:'${name ?? lastPart(path)}' `).join('')
  return {requests, value}
}

const reference = /\$FILE\[\s*(IMAGE|IMAGE_ID)\s*=\s*("[^"]*"|\w+)\s*(?:,[^\]]*)?\]/gi

function requestOf(
  image: Template,
  {key, line}: {key: string; line?: number | undefined},
): FileRequest | undefined {
  const path = findSingle(image, 'PATH')?.text || findSingle(image, 'SOURCE')?.text
  const name = findSingle(image, 'NAME')?.text
  return path ? {path, name: name || undefined, namedIn: image.file, key, line} : undefined
}

/** The name of a path without its directories. */
export function lastPart(path: string): string {
  return path.replace(/\/+$/, '').split('/').at(-1)!
}

function splitWords(text: string): string[] {
  return text.split(/\s+/).filter(word => word !== '')
}
