// gzip in one go, loaded when a bundle is made or read. CommonJS for the reason in src/load-yaml.cjs.

'use strict'

exports.gzip = bytes => require('node:zlib').gzipSync(bytes, {level: 9})

/** Throws if it is no gzip, is damaged, or holds more than `limit` bytes. */
exports.gunzip = (bytes, limit) => require('node:zlib').gunzipSync(bytes, {maxOutputLength: limit})
