// Lines that run the disc become comments, and what is left is still a script.

import assert from 'node:assert/strict'
import {execFileSync} from 'node:child_process'
import {test} from 'node:test'
import {mentionsDisc} from '../../../src/facts/rivals.ts'
import {commentOutDisc} from '../../../src/image/take-over/rc-local.ts'

/** The texts before, and the lines that are still at work afterwards. */
const understood: Readonly<Record<string, [string, string]>> = {
  'the manual of 2.2': [
    '#!/bin/sh -e\n\nmount -t iso9660 /dev/sdc /mnt\n\nif [ -f /mnt/context.sh ]; then\n  . /mnt/init.sh\nfi\n\numount /mnt\n\nexit 0\n',
    'exit 0\n',
  ],
  'then on a line of its own': [
    'mount /dev/cdrom /mnt\nif [ -f /mnt/context.sh ]\nthen\n\t. /mnt/init.sh\nfi\numount /mnt\ntouch /var/lock/subsys/local\n',
    'touch /var/lock/subsys/local\n',
  ],
  'on one line': ['date\n[ -f /mnt/context.sh ] && . /mnt/init.sh\nexit 0\n', 'date\nexit 0\n'],
  'an if in an if': [
    'if mount /dev/sr0 /mnt; then\n  if [ -f /mnt/init.sh ]; then\n    sh /mnt/init.sh\n  fi\n  umount /mnt\nfi\necho ready\n',
    'echo ready\n',
  ],
  'an if of others beside it': [
    'if [ -x /bin/a ]; then\n  /bin/a\nfi\n. /mnt/init.sh\nif [ -x /bin/b ]; then /bin/b; fi\n',
    'if [ -x /bin/a ]; then\n  /bin/a\nfi\nif [ -x /bin/b ]; then /bin/b; fi\n',
  ],
  'a mount of others': [
    'mount /dev/vdb /srv\nmount /dev/sr0 /mnt\n. /mnt/init.sh\numount /mnt\nmount /dev/vdc /mnt/data\n',
    'mount /dev/vdb /srv\nmount /dev/vdc /mnt/data\n',
  ],
}

for (const [name, [text, left]] of Object.entries(understood)) {
  test(`understood: ${name}`, () => {
    const edited = commentOutDisc(text)
    assert.ok(edited !== undefined)
    execFileSync('sh', ['-n'], {input: edited})
    assert.equal(edited.split('\n').some(mentionsDisc), false)
    const working = edited.split('\n').filter(line => line !== '' && !line.startsWith('#'))
    assert.equal(`${working.join('\n')}\n`, left)
    const lines = edited.split('\n').map(line => line.replace(/^# vmcontext: /, ''))
    assert.equal(lines.join('\n'), text, 'a line was lost')
  })
}

const notUnderstood = [
  'for script in /mnt/init.sh; do\n  . $script\ndone\n',
  'start() {\n  . /mnt/init.sh\n}\nstart\n',
  'case $1 in\n  start) . /mnt/init.sh ;;\nesac\n',
  'if true; then\n  . /mnt/init.sh\n',
  'cat <<EOF\n. /mnt/init.sh\nEOF\n',
  '[ -f /mnt/context.sh ] && \\\n  . /mnt/init.sh\n',
  '/mnt/init.sh 2>&1 |\n  logger\n',
  '. /mnt/init.sh ||\n  echo failed\n',
  'mount /dev/hdc /mnt; . /mnt/init.sh; umount /mnt; /usr/local/bin/ours\n',
  'if [ -f /mnt/context.sh ]; then\n  . /mnt/init.sh\n  /usr/local/bin/ours\nfi\n',
]

for (const text of notUnderstood)
  test(`left as it is: ${JSON.stringify(text)}`, () => assert.equal(commentOutDisc(text), undefined))
