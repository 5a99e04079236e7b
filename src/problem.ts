// A problem is a value: what is wrong, where, and what to do about it. It costs one thing, never the boot.

/** Where a problem was found: a file, the line and column in it (from 1), the variable. */
export type Place = {
  file?: string | undefined
  line?: number | undefined
  column?: number | undefined
  key?: string | undefined
}

/**
 * Every kind of problem and how much it weighs. This is the one place that decides it.
 *
 * - `note`: worth knowing, nothing is wrong.
 * - `warning`: something was ignored; the exit code stays 0 unless `--strict`.
 * - `failure`: something that was asked for was not done; the exit code is 1.
 */
const weights = {
  /** A whole file or line of it reads differently from what its author may expect. */
  'context-note': 'note',
  /** A variable nobody consumes could not be read, or part of it was dropped. */
  'variable-doubtful': 'warning',
  /** A variable was dropped: it would have had to be executed, or never ended. */
  'variable-dropped': 'failure',
  /** The context as a whole cannot be read. */
  'context-unreadable': 'failure',
  /** A value that is not what its variable takes: the thing it asks for is not done. */
  'value-rejected': 'failure',
  /** A value that was taken in another spelling than it was given. */
  'value-adjusted': 'warning',
  /** A value that is understood but has no effect here. */
  'value-ignored': 'warning',
  /** More than one candidate; the first was taken. */
  'choice-made': 'note',
  /** The drive or its disc did not answer. */
  'source-unreadable': 'failure',
  /** A file that came with the context could not be read: what needs it is not done. */
  'source-incomplete': 'failure',
  /** The disc was read and is still mounted: nothing is lost, and its place is taken. */
  'source-stuck': 'warning',
  /** A network card that gets no address though the rule applies to it. */
  'nic-skipped': 'failure',
  /** A network card that the context still describes has gone from the running guest. */
  'nic-gone': 'warning',
  /** This guest is of a kind whose network files are not ours to write. */
  'network-unmanaged': 'warning',
  /** The network was not there in time; what comes next may need it. */
  'network-late': 'warning',
  /** No name server has a name for this guest. */
  'name-unknown': 'warning',
  /** Something else on this guest does the same job. */
  rival: 'warning',
  /** Something that could do the same job, if somebody enabled it. */
  'rival-idle': 'note',
  /** Keys that are installed nowhere, for there is no file for them that is safe; or that could not be revoked. */
  'keys-refused': 'failure',
  /** Keys that sshd may not look at, as this guest is set up. */
  'keys-unseen': 'warning',
  /** Something among the hooks that is no hook. */
  'hook-passed-over': 'note',
  /** A hook that somebody else than root could have written. */
  'hook-refused': 'failure',
  /** Something of a context disc will not work in any guest, or must not be there. */
  'disc-wrong': 'failure',
  /** Something of a context disc may not do what its author expects. */
  'disc-doubtful': 'warning',
  /** Something of a context disc that is worth knowing. */
  'disc-note': 'note',
  /** A program of the guest that a deed takes is not there. */
  'tool-missing': 'warning',
  /** A deed that was tried and did not succeed. */
  'deed-failed': 'failure',
  /** Nothing would start the agent when this guest boots. */
  'start-missing': 'failure',
  /** A mistake in this program. It costs its step, like any other problem. */
  defect: 'failure',
  /** Something that the doctor found to be wrong with a guest: what was asked for does not work. */
  'found-wrong': 'failure',
  /** Something that the doctor found, and that may be meant. */
  'found-doubtful': 'warning',
  /** Something that the doctor found, and that is worth knowing. */
  'found-note': 'note',
  /** A deed that this run cannot do (another root, no privilege) and leaves undone. */
  'deed-left-out': 'note',
  /** Something that had to be known of this guest could not be read. */
  'fact-missing': 'warning',
  /** Something of this guest that whoever runs the program may not look at; `file` is its path. */
  'fact-unseen': 'warning',
  /** The agent's own records could not be read or kept. */
  'record-damaged': 'warning',
  /** A template reads as its author may not expect; nothing is wrong. */
  'template-note': 'note',
  /** The front end would refuse this, or make something else of it than its author may expect. */
  'template-doubtful': 'warning',
  /** A reference in a context leads nowhere: its place is empty, as the front end has it. */
  'reference-empty': 'warning',
  /** No disc can be made of this template. */
  'template-refused': 'failure',
  /** A file that a disc cannot hold, or that is not there. */
  'file-refused': 'failure',
} as const satisfies Record<string, Weight>

export type Weight = 'note' | 'warning' | 'failure'
export type ProblemCode = keyof typeof weights

/** One thing that is wrong, in words for a person. Never contains the value of a secret. */
export type Problem = Place & {
  code: ProblemCode
  /** A whole sentence without a full stop: what is wrong and what it costs. */
  message: string
  /** What to do about it. */
  cure?: string | undefined
}

/** Tells how much a problem weighs. */
export function weighProblem(problem: Problem): Weight {
  return weights[problem.code]
}

/** Tells whether any of them is a failure. */
export function hasFailure(problems: readonly Problem[]): boolean {
  return problems.some(problem => weighProblem(problem) === 'failure')
}

/** Formats the place of a problem the way compilers do: `context.sh:3: HOSTNAME`; '' without one. */
export function formatPlace({file, line, column, key}: Place): string {
  const position = file === undefined ? '' : [file, line, column].filter(part => part !== undefined).join(':')
  return [position, key].filter(part => part !== undefined && part !== '').join(': ')
}

/** Formats a problem as one line: place, message, cure. */
export function formatProblem(problem: Problem): string {
  const place = formatPlace(problem)
  const cure = problem.cure === undefined ? '' : ` (${problem.cure})`
  return `${place === '' ? '' : `${place}: `}${problem.message}${cure}`
}

/** Makes a problem of an error that nobody expected. */
export function describeDefect(error: unknown): Problem {
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error)
  const message = `this is a defect of vmcontext: ${stack.replaceAll(/\s*\n\s*/g, ' < ')}`
  return {code: 'defect', message, cure: 'please report it'}
}
