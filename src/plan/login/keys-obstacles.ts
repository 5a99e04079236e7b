// Why keys may let nobody in though they are where they belong, or cannot be put anywhere: what sshd is told, and what
// it thinks of the directories that lead to them.

import {chooseKeysPlace, refuseKeysFiles} from '../../context/login/keys-place.ts'
import type {KeysFacts} from '../../facts/login/keys-facts.ts'
import type {SshdSetting} from '../../facts/login/sshd-config.ts'
import {findSetting} from '../../facts/login/sshd-settings.ts'
import type {Problem} from '../../problem.ts'

/** Finds what stands between the keys of an account and a login. What is loose there is not ours to mend. */
export function findObstacles(
  account: string,
  facts: KeysFacts,
  settings: readonly SshdSetting[],
): Problem[] {
  const refusal = refuseKeysFiles(facts.files)
  if (refusal !== undefined) {
    const {file, line} = facts.files
    const message = `the keys of ${account} are not installed: ${refusal}`
    const cure = 'name a file below the home, or one with %u in its path'
    return [{code: 'keys-refused', file, line, key: 'AuthorizedKeysFile', message, cure}]
  }
  const isStrict = findAnswer(settings, 'strictmodes', account)?.words[0]?.toLowerCase() !== 'no'
  return [
    ...findDisabled(settings, account),
    ...facts.rivals.flatMap(rival => describeRival(rival, account, facts)),
    ...(isStrict ? facts.loose : []).map(({reason, cure}): Problem => {
      return {code: 'keys-unseen', message: `sshd may refuse the keys of ${account}: ${reason}`, cure}
    }),
  ]
}

function findDisabled(settings: readonly SshdSetting[], account: string): Problem[] {
  const setting = findAnswer(settings, 'pubkeyauthentication', account)
  if (setting?.words[0]?.toLowerCase() !== 'no') return []
  const {file, line} = setting
  const message = `sshd takes no keys, those of ${account} neither`
  const cure = 'remove the line to let them in'
  return [{code: 'keys-unseen', file, line, key: 'PubkeyAuthentication', message, cure}]
}

function findAnswer(settings: readonly SshdSetting[], keyword: string, account: string) {
  return findSetting(settings, keyword, {name: account}).setting
}

/** A Match that may apply and does not name the place of the keys, as far as that can be told. */
function describeRival({file, line, words}: SshdSetting, name: string, {place}: KeysFacts): Problem[] {
  const owner = {name, uid: 0, home: '/home'}
  const isOurs = (path: string) => chooseKeysPlace({paths: [path], isForOne: true}, owner) === place
  if (place !== undefined && words.some(isOurs)) return []
  const message = `for some connections sshd may look for the keys of ${name} in ${words.join(' ')} instead`
  return [{code: 'keys-unseen', file, line, key: 'AuthorizedKeysFile', message}]
}
