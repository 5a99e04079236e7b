// Ways to set AuthorizedKeysFile, and what holds then for joe, who is in the group wheel.

const main = 'etc/ssh/sshd_config'
const usual = ['.ssh/authorized_keys', '.ssh/authorized_keys2']

export type KeysFileCase = {
  what: string
  files: Readonly<Record<string, string>>
  paths: readonly string[]
  /** It depends on where a connection comes from. */
  isDoubtful?: boolean
}

const inMain: [what: string, text: string, paths: readonly string[], isDoubtful?: boolean][] = [
  ['nobody says anything', '', usual],
  ['only a comment does', '#AuthorizedKeysFile keys\n', usual],
  ['keywords are read without case', 'aUTHORIZEDkEYSfILE keys\n', ['keys']],
  ['the first one met holds', 'AuthorizedKeysFile a\nAuthorizedKeysFile b\n', ['a']],
  ['several paths', 'AuthorizedKeysFile a %h/b /c/%u\n', ['a', '%h/b', '/c/%u']],
  ['an equals sign', 'AuthorizedKeysFile=a\n', ['a']],
  ['an equals sign with blanks, and tabs', '\tAuthorizedKeysFile = a\tb\n', ['a', 'b']],
  ['quotes', 'AuthorizedKeysFile "a b" c\n', ['a b', 'c']],
  ['CRLF', 'AuthorizedKeysFile a\r\nPort 22\r\n', ['a']],
  ['a comment behind', 'AuthorizedKeysFile a # b\n', ['a']],
  ['Match that applies goes first', 'AuthorizedKeysFile a\nMatch User joe\nAuthorizedKeysFile b\n', ['b']],
  ['Match of somebody else', 'Match User ann\nAuthorizedKeysFile b\n', usual],
  ['what stands below Match is not for all', 'Match User ann\nAuthorizedKeysFile b\nMatch User bob\n', usual],
  ['Match with patterns', 'Match User a*,j?e\nAuthorizedKeysFile b\n', ['b']],
  ['Match with a refusal', 'Match User !joe,*\nAuthorizedKeysFile b\n', usual],
  ['Match with a refusal behind', 'Match User *,!joe\nAuthorizedKeysFile b\n', usual],
  ['Match of a group', 'Match group wheel\nAuthorizedKeysFile b\n', ['b']],
  ['Match of another group', 'Match Group staff\nAuthorizedKeysFile b\n', usual],
  ['Match all', 'AuthorizedKeysFile a\nMatch all\nAuthorizedKeysFile b\n', ['b']],
  ['the first Match holds', 'Match User joe\nAuthorizedKeysFile a\nMatch all\nAuthorizedKeysFile b\n', ['a']],
  ['all criteria count', 'Match User joe Group staff\nAuthorizedKeysFile b\n', usual],
  ['where from cannot be told', 'Match Address 10.0.0.0/8\nAuthorizedKeysFile b\n', usual, true],
  [
    'where from does not matter for others',
    'Match Address 10.0.0.0/8 User ann\nAuthorizedKeysFile b\n',
    usual,
  ],
]

export const keysFileCases: readonly KeysFileCase[] = [
  ...inMain.map(([what, text, paths, isDoubtful]) => ({
    what,
    files: {[main]: text},
    paths,
    ...(isDoubtful ? {isDoubtful} : {}),
  })),
  {
    what: 'what is included stands where Include does, in the order of names',
    files: {
      [main]: 'Include /etc/ssh/sshd_config.d/*.conf\nAuthorizedKeysFile c\n',
      'etc/ssh/sshd_config.d/20.conf': 'AuthorizedKeysFile b\n',
      'etc/ssh/sshd_config.d/10.conf': 'AuthorizedKeysFile a\n',
      'etc/ssh/sshd_config.d/05.txt': 'AuthorizedKeysFile z\n',
      'etc/ssh/sshd_config.d/.00.conf': 'AuthorizedKeysFile z\n',
    },
    paths: ['a'],
  },
  {
    what: 'Include below the setting comes too late',
    files: {[main]: 'AuthorizedKeysFile c\nInclude more\n', 'etc/ssh/more': 'AuthorizedKeysFile a\n'},
    paths: ['c'],
  },
  {
    what: 'a relative Include begins at /etc/ssh, in an included file too',
    files: {
      [main]: 'Include one/a.conf\n',
      'etc/ssh/one/a.conf': 'Include two/*.conf\n',
      'etc/ssh/two/b.conf': 'AuthorizedKeysFile b\n',
    },
    paths: ['b'],
  },
  {
    what: 'Match ends with the file that it stands in',
    files: {
      [main]: 'Include more\nAuthorizedKeysFile c\n',
      'etc/ssh/more': 'Match User ann\nAuthorizedKeysFile a\n',
    },
    paths: ['c'],
  },
  {
    what: 'what is included below Match is for those that it is for',
    files: {
      [main]: 'Match User ann\nInclude more\n',
      'etc/ssh/more': 'AuthorizedKeysFile a\nMatch all\nAuthorizedKeysFile b\n',
    },
    paths: usual,
  },
]
