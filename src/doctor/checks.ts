// The checks of the doctor, in their order: causes before what follows from them, so that the first line that is wrong
// names what is to be mended.

import type {Check} from './check.ts'
import {accountCheck} from './login/account.ts'
import {keysCheck} from './login/keys.ts'
import {labelsCheck} from './login/labels.ts'
import {passwordCheck} from './login/password.ts'
import {sudoCheck} from './login/sudo.ts'
import {clockCheck} from './machine/clock.ts'
import {hostCheck} from './machine/host.ts'
import {spaceCheck} from './machine/space.ts'
import {duplicatesCheck} from './network/duplicates.ts'
import {gatewayAnswersCheck} from './network/gateway-answers.ts'
import {gatewaysCheck} from './network/gateways.ts'
import {liveAddressesCheck} from './network/live-addresses.ts'
import {managerCheck} from './network/manager.ts'
import {nameServersCheck} from './network/name-servers.ts'
import {nicsCheck} from './network/nics.ts'
import {planCheck} from './plan.ts'
import {filesCheck} from './records/files.ts'
import {lastRunCheck} from './records/last-run.ts'
import {recordsCheck} from './records/records.ts'
import {scriptsCheck} from './records/scripts.ts'
import {sealCheck} from './records/seal.ts'
import {contentsCheck} from './source/contents.ts'
import {driveCheck} from './source/drive.ts'
import {ownerCheck} from './source/owner.ts'
import {textCheck} from './source/text.ts'
import {rivalsCheck} from './start/rivals.ts'
import {startCheck} from './start/start.ts'
import {switchCheck} from './start/switch.ts'

export const checks: readonly Check[] = [
  hostCheck,
  spaceCheck,
  clockCheck,
  switchCheck,
  recordsCheck,
  driveCheck,
  textCheck,
  ownerCheck,
  contentsCheck,
  rivalsCheck,
  startCheck,
  managerCheck,
  nicsCheck,
  gatewaysCheck,
  filesCheck,
  liveAddressesCheck,
  duplicatesCheck,
  gatewayAnswersCheck,
  nameServersCheck,
  accountCheck,
  keysCheck,
  passwordCheck,
  labelsCheck,
  sudoCheck,
  lastRunCheck,
  scriptsCheck,
  sealCheck,
  planCheck,
]
