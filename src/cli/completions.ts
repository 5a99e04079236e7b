// What bash, zsh and fish complete behind `vmcontext`, made of the description of the command line.

import {variablesOf} from '../context/consumed.ts'
import {checks} from '../doctor/checks.ts'
import {operations} from '../image/seal/operations.ts'
import {settingNames} from '../settings/settings.ts'
import {stepNames} from '../steps.ts'
import type {CommandDescription, OptionDescription} from './command-line.ts'

/** `words` are those that may stand where a file could stand as well. */
type Found = {
  path: readonly string[]
  command: CommandDescription
  words: readonly string[]
  takesNics: boolean
}

/** Every command with the words that lead to it; the program itself first, with none. */
function listCommands(program: CommandDescription): Found[] {
  return listBelow({...program, commands: [...program.commands, describeHelp(program)]}, [])
}

function listBelow(command: CommandDescription, path: readonly string[]): Found[] {
  const options = command.options.map(nameChoices)
  const words = wordsOf[path.join(' ')] ?? []
  return [
    {path, command: {...command, options}, words, takesNics: path.join(' ') === 'explain'},
    ...command.commands.flatMap(each => listBelow(each, [...path, each.name])),
  ]
}

/** It is no command like the others: what follows it are their names. */
function describeHelp({commands}: CommandDescription): CommandDescription {
  const names = commands.map(({name, description, group}) => {
    return {name, description, group, arguments: [], examples: [], options: [], commands: []}
  })
  return {
    name: 'help',
    description: 'print the help of a command',
    group: '',
    arguments: [],
    examples: [],
    options: [],
    commands: names,
  }
}

/** What an argument may be, besides a file. */
const wordsOf: Readonly<Record<string, readonly string[]>> = {
  explain: ['mac', 'ip', ...stepNames, ...new Set([...stepNames.flatMap(variablesOf), ...settingNames])],
}

/** The operations of `seal` and the checks of `doctor` stand in tables that no boot loads: the description has none of them. */
function nameChoices(option: OptionDescription): OptionDescription {
  if (option.flags.includes('--operations'))
    return {...option, choices: ['help', 'default', 'all', ...operations.map(({name}) => name)]}
  return option.value === 'check' ? {...option, choices: checks.map(({id}) => id)} : option
}

/** What a value is completed with. The words are those of the command line: `<dir>`, `<file>`. */
function kindOf({value, choices}: OptionDescription): 'choices' | 'directory' | 'file' | 'nothing' {
  if (choices !== undefined) return 'choices'
  if (value === 'dir') return 'directory'
  return value === 'file' || value === 'path' ? 'file' : 'nothing'
}

/** Renders what bash reads. It needs nothing of the package bash-completion. */
export function renderBash(program: CommandDescription): string {
  const found = listCommands(program)
  const steps = found
    .filter(({path}) => path.length > 0)
    .map(({path}) => `      '${['', ...path].join('/')}') command=${['', ...path].join('/')} ;;`)
  const values = found.flatMap(({path, command}) =>
    command.options
      .filter(({value, isValueOptional}) => value !== undefined && !isValueOptional)
      .map(option => renderBashValue(['', ...path].join('/'), option)),
  )
  const words = found.map(({path, command, words, takesNics}) => {
    const flags = command.options.flatMap(option => option.flags)
    const names = command.commands.map(each => each.name)
    const nics = takesNics ? `; set -- /sys/class/net/*; words+=" \${*##*/}"` : ''
    const label = ['', ...path].join('/').replace(/^\/$/, '')
    // What takes no argument takes no file.
    const files = command.arguments.length > 0 ? '' : '; compopt +o default +o bashdefault 2>/dev/null'
    return `    '${label}') words='${[...names, ...words, ...flags].join(' ')}'${nics}${files} ;;`
  })
  return `# Completions of vmcontext for bash, made from its command line.

# a,b or -a,-b: completes the last one.
_vmcontext_list() {
  local before=''
  if [[ $2 == *,* ]]; then before=\${2%,*},; fi
  if [[ \${2#"$before"} == -* ]]; then before+=-; fi
  compgen -P "$before" -W "$1" -- "\${2#"$before"}"
}

_vmcontext() {
  local word=\${COMP_WORDS[COMP_CWORD]} previous=\${COMP_WORDS[COMP_CWORD - 1]} command='' words='' index
  local IFS=$' \\n'
  # --option=value is three words.
  if [[ $word == '=' ]]; then word=''; elif [[ $previous == '=' ]]; then previous=\${COMP_WORDS[COMP_CWORD - 2]}; fi
  for ((index = 1; index < COMP_CWORD; index++)); do
    case $command/\${COMP_WORDS[index]} in
${steps.join('\n')}
    esac
  done
  case "$command $previous" in
${values.join('\n')}
  esac
  case $command in
${words.join('\n')}
  esac
  COMPREPLY=($(compgen -W "$words" -- "$word"))
}

complete -o bashdefault -o default -F _vmcontext vmcontext
`
}

function renderBashValue(path: string, option: OptionDescription): string {
  const patterns = option.flags.map(flag => `'${path} ${flag}'`).join(' | ')
  const choices = (option.choices ?? []).join(' ')
  const words = {
    choices:
      option.value === 'list'
        ? `COMPREPLY=($(_vmcontext_list '${choices}' "$word"))`
        : `COMPREPLY=($(compgen -W '${choices}' -- "$word"))`,
    directory: `compopt -o filenames 2>/dev/null; IFS=$'\\n'; COMPREPLY=($(compgen -d -- "$word"))`,
    file: `compopt -o filenames 2>/dev/null; IFS=$'\\n'; COMPREPLY=($(compgen -f -- "$word"))`,
    // Nothing is known of it, not even that it is a file.
    nothing: 'compopt +o default +o bashdefault 2>/dev/null; COMPREPLY=()',
  }[kindOf(option)]
  return `    ${patterns})\n      ${words}\n      return\n      ;;`
}

/** Renders what zsh reads. */
export function renderZsh(program: CommandDescription): string {
  const functions = listCommands(program).map(renderZshFunction)
  return `#compdef vmcontext
# Completions of vmcontext for zsh, made from its command line.

${functions.join('\n')}
_vmcontext "$@"
`
}

function renderZshFunction({path, command, words, takesNics}: Found): string {
  const name = ['_vmcontext', ...path].join('_')
  const options = command.options.map(renderZshOption)
  if (command.commands.length === 0) {
    const [argument] = command.arguments
    if (words.length > 0) options.push(`'*:${argument?.name}:${name}_words'`)
    else if (argument !== undefined) options.push(`'*:${argument.name}:_files'`)
    const body =
      options.length === 0 ? '  _message -e nothing' : `  _arguments -s \\\n    ${options.join(' \\\n    ')}`
    const helper = words.length === 0 ? '' : renderZshWords(name, words, takesNics)
    return `${helper}${name}() {\n${body}\n}\n`
  }
  const specs = [...options, `'1:command:->command'`, `'*::argument:->argument'`]
  const commands = command.commands.map(each => `'${each.name}:${escapeZsh(each.description)}'`)
  const cases = command.commands.map(each => `        ${each.name}) ${name}_${each.name} ;;`)
  return `${name}() {
  local context state line
  local -a commands
  commands=(
    ${commands.join('\n    ')}
  )
  _arguments -s -C \\
    ${specs.join(' \\\n    ')}
  case $state in
    command) _describe command commands ;;
    argument)
      case $words[1] in
${cases.join('\n')}
      esac
      ;;
  esac
}
`
}

function renderZshWords(name: string, words: readonly string[], takesNics: boolean): string {
  const all = [...words, ...(takesNics ? ['/sys/class/net/*(N:t)'] : [])]
  return `${name}_words() {
  local -a names
  names=(${all.join(' ')})
  _alternative 'names:name:compadd -a names' 'files:file:_files'
}
`
}

function renderZshOption(option: OptionDescription): string {
  const {flags, description, value, choices = []} = option
  const kinds = {choices: `(${choices.join(' ')})`, directory: '_files -/', file: '_files', nothing: ' '}
  const colon = option.isValueOptional ? '::' : ':'
  const behind = value === undefined ? '' : `${colon}${escapeZsh(value)}:${kinds[kindOf(option)]}`
  const text = `'[${escapeZsh(description)}]${behind}'`
  // Any of them may come again: some options may be repeated.
  return flags.length === 1 ? `'*'${flags[0]}${text}` : `'*'{${flags.join(',')}}${text}`
}

function escapeZsh(text: string): string {
  return text.replace(/[[\]:\\]/g, '\\$&').replaceAll("'", "'\\''")
}

/** Renders what fish reads. */
export function renderFish(program: CommandDescription): string {
  const lines = listCommands(program).flatMap(renderFishCommand)
  return `# Completions of vmcontext for fish, made from its command line.\n\n${lines.join('\n')}\n`
}

function renderFishCommand({path, command, words, takesNics}: Found): string[] {
  const condition = fishCondition(path, command)
  const commands = command.commands.map(
    ({name, description}) =>
      `complete -c vmcontext -n ${condition} -f -a ${name} -d '${escapeFish(description)}'`,
  )
  const options = command.options.map(option => {
    const words = option.flags.map(flag => (flag.startsWith('--') ? `-l ${flag.slice(2)}` : `-s ${flag[1]}`))
    const value = option.value === undefined || option.isValueOptional ? '' : ` ${fishValue(option)}`
    return `complete -c vmcontext -n ${condition} ${words.join(' ')}${value} -d '${escapeFish(option.description)}'`
  })
  const all = [...words, ...(takesNics ? ['(command ls /sys/class/net 2>/dev/null)'] : [])].join(' ')
  const subjects = words.length === 0 ? [] : [`complete -c vmcontext -n ${condition} -a '${all}'`]
  return [...commands, ...options, ...subjects, ...fishWithoutFiles(condition, path, command)]
}

/** What takes no argument takes no file. */
function fishWithoutFiles(condition: string, path: readonly string[], command: CommandDescription): string[] {
  return path.length === 0 || command.arguments.length > 0 ? [] : [`complete -c vmcontext -n ${condition} -f`]
}

function fishCondition(path: readonly string[], command: CommandDescription): string {
  if (path.length === 0) return '__fish_use_subcommand'
  const seen = path.map(name => `__fish_seen_subcommand_from ${name}`).join('; and ')
  const names = command.commands.map(({name}) => name).join(' ')
  return `'${seen}${names === '' ? '' : `; and not __fish_seen_subcommand_from ${names}`}'`
}

function fishValue(option: OptionDescription): string {
  return {
    choices: `-x -a '${(option.choices ?? []).join(' ')}'`,
    directory: `-x -a '(__fish_complete_directories)'`,
    file: '-r -F',
    nothing: '-x',
  }[kindOf(option)]
}

function escapeFish(text: string): string {
  return text.replace(/[\\']/g, '\\$&')
}
