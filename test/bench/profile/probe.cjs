// Loaded before the agent's script (node --require): notes which functions run, first while it is loaded, which is
// when the snapshot is taken, then while it boots (PROBE=boot), or in the warm-up of the build (PROBE=warm-up).
// Writes PROBE_OUTPUT: {loaded, run}, each a list of [start, end] in the script.

const {Session} = require('node:inspector')
const {writeFileSync} = require('node:fs')
const {startupSnapshot} = require('node:v8')

const {PROBE, PROBE_OUTPUT} = process.env
// The agent shall find the environment that it has otherwise.
delete process.env.PROBE
delete process.env.PROBE_OUTPUT
const session = new Session()
session.connect()
session.post('Profiler.enable')
session.post('Profiler.startPreciseCoverage', {callCount: true, detailed: false})

/** What has run since it was asked last. */
function take() {
  let functions = []
  session.post('Profiler.takePreciseCoverage', (error, {result}) => {
    if (error) throw error
    const script = result.filter(({url}) => url.endsWith('vmcontext.cjs'))
    functions = script.flatMap(each => each.functions)
  })
  const ran = functions.filter(({ranges}) => ranges[0].count > 0)
  return ran.map(({ranges}) => [ranges[0].startOffset, ranges[0].endOffset])
}

let loaded = []
const goOn = new Error('loaded')
// The script asks twice: at its head, where it would forget its arguments, and at its end.
let asked = 0
startupSnapshot.isBuildingSnapshot = () => PROBE === 'warm-up' || asked++ > 0
startupSnapshot.addSerializeCallback = () => {}
startupSnapshot.addDeserializeCallback = () => {}
startupSnapshot.setDeserializeMainFunction = main => {
  loaded = take()
  if (PROBE === 'warm-up') return
  process.setUncaughtExceptionCaptureCallback(error => {
    process.setUncaughtExceptionCaptureCallback(null)
    if (error !== goOn) throw error
    void main()
  })
  throw goOn
}
process.on('exit', () => writeFileSync(PROBE_OUTPUT, JSON.stringify({loaded, run: take()})))
