import assert from 'node:assert/strict'
import {test} from 'node:test'
import {type LoginDefs, readLoginDefs} from '../../../src/facts/login/login-defs.ts'
import {openSystem} from '../../../src/system/system.ts'
import {makeDirectory} from '../../temporary.ts'

const none: LoginDefs = {firstUid: 1000, commonGroup: undefined, passwordLimits: '::', homeMode: 0o755}
const shared = {...none, commonGroup: 100}

const cases: [
  what: string,
  loginDefs: string | undefined,
  useradd: string | undefined,
  expected: LoginDefs,
][] = [
  ['without the file', undefined, 'GROUP=50\n', none],
  ['as useradd has it by itself', '', undefined, shared],
  ['with groups of their own', 'USERGROUPS_ENAB yes\n', 'GROUP=100\n', none],
  ['with a group for all, as SUSE', 'USERGROUPS_ENAB no\n', 'GROUP=500\n', {...shared, commonGroup: 500}],
  ['of Red Hat 6', 'UID_MIN\t\t  500\nUSERGROUPS_ENAB yes\n', undefined, {...none, firstUid: 500}],
  [
    'with limits',
    'PASS_MAX_DAYS\t90\n#PASS_MIN_DAYS 3\nPASS_WARN_AGE 7\n',
    undefined,
    {...shared, passwordLimits: ':90:7'},
  ],
  ['with the mode of homes', 'UMASK 077\nHOME_MODE 0750\n', undefined, {...shared, homeMode: 0o750}],
  ['with a mask alone', 'UMASK 027\n', undefined, {...shared, homeMode: 0o750}],
  ['with nonsense', 'UID_MIN many\nUMASK 9\nPASS_MAX_DAYS x:y\n', 'GROUP=staff\n', shared],
]

for (const [what, loginDefs, useradd, expected] of cases) {
  test(`login.defs ${what}`, t => {
    const files = {
      ...(loginDefs === undefined ? {} : {'etc/login.defs': loginDefs}),
      ...(useradd === undefined ? {} : {'etc/default/useradd': useradd}),
    }
    assert.deepEqual(readLoginDefs(openSystem(makeDirectory(t, files))), expected)
  })
}
