// The YAML library, loaded when it is first asked for. An import would have it in the snapshot that V8 restores at every
// start, for which all guests would pay: 4 % of it. This way its text lies there and no more, and where no YAML but our
// own file is read it is never run. CommonJS, because in a module an import that waits is a promise, and rendering does
// not wait.

'use strict'

exports.loadYaml = () => require('yaml')
