// The ssh server itself: is there one, is it started, and does it take its own configuration.

import {describeEnd, succeeded} from '../../system/commands.ts'
import {findProgram} from '../../system/programs.ts'
import type {Finding} from '../check.ts'
import type {Exam} from '../exam.ts'
import {doubtful, wrong} from '../problems.ts'

/** What starts it: of Debian, of the others, by a socket, dropbear. */
const services = ['ssh', 'sshd', 'ssh.socket', 'sshd.socket', 'dropbear', 'dropbear.socket']

/** Judges the server. Its configuration is tried by itself, where the guest runs. */
export async function judgeServer(exam: Exam): Promise<Finding> {
  const {server} = exam.prepared.facts.sshd
  if (server === undefined) {
    const message = 'no ssh server is installed: keys let nobody in'
    return {facts: [], problems: [doubtful({message, cure: 'install openssh-server, if one is wanted'})]}
  }
  const problem = server === 'openssh' && exam.isRoot && exam.system.live ? await tryConfig(exam) : undefined
  const isStarted = services.some(name => exam.prepared.facts.services.has(name))
  const message = `${server === 'openssh' ? 'sshd' : server} is installed, and nothing starts it at boot`
  const idle = doubtful({
    message,
    cure: 'enable it: systemctl enable ssh (or sshd), update-rc.d, rc-update add',
  })
  return {facts: [], problems: [...(problem === undefined ? [] : [problem]), ...(isStarted ? [] : [idle])]}
}

/** What is missing while it is not running, and what another check tells: neither is a fault of the configuration. */
const notOfConfig = /privilege separation directory|no hostkeys available/i

async function tryConfig({system}: Exam) {
  const program = findProgram(system, 'sshd')
  if (program === undefined) return undefined
  const result = await system.run({argv: [program, '-t'], timeoutMs: 10_000})
  if (succeeded(result) || notOfConfig.test(result.output)) return undefined
  const [, file, line, what] = mistake.exec(result.output) ?? []
  const message = `sshd does not start with this configuration: ${what ?? `sshd -t ${describeEnd(result)}`}`
  const cure = 'mend it until sshd -t says nothing, then start sshd anew'
  return wrong({file, line: line === undefined ? undefined : Number(line), message, cure})
}

/** `/etc/ssh/sshd_config: line 1: Bad configuration option: …`, `/etc/ssh/sshd_config line 1: …`. */
const mistake = /^(\/\S+?):? line (\d+): (.*)$/m
