import assert from 'node:assert/strict'
import {test} from 'node:test'
import {findRegions} from './modules.ts'

test('a module reaches from the line that names it to the next one', () => {
  const script = 'head\n"// src/a.ts";\nlet a\n// src/a.ts\n"// src/b.ts";\nlet b\n"// src/c.ts";\n'
  const regions = findRegions(script, new Set(['src/a.ts', 'src/b.ts']))
  assert.deepEqual(
    regions.map(({path, start, end}) => [path, script.slice(start, end)]),
    [
      ['src/a.ts', '"// src/a.ts";\nlet a\n// src/a.ts\n'],
      ['src/b.ts', '"// src/b.ts";\nlet b\n"// src/c.ts";\n'],
    ],
  )
})
