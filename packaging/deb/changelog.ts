// The changelog of the Debian package. What changed in the agent is told by its own, which lies beside it.

import {identity, release} from '../packages/identity.ts'

/** Gives the text for one version; `date` in seconds. */
export function renderChangelog(version: string, date: number): string {
  const {name, maintainer} = identity
  return `${name} (${version}-${release}) unstable; urgency=medium

  * Version ${version}. What is new in it: changelog.gz beside this file.

 -- ${maintainer.name} <${maintainer.mail}>  ${formatDate(date)}
`
}

/** As RFC 5322 has it; toUTCString() is that but for its old-fashioned zone. */
function formatDate(seconds: number): string {
  return new Date(seconds * 1000).toUTCString().replace('GMT', '+0000')
}
