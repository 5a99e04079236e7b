// gzip, loaded when something is compressed: hardly any context is. CommonJS for the reason in
// src/load-yaml.cjs.

'use strict'

/** Unpacks gzip (RFC 1952) of at most `limit` bytes; throws if it is none or holds more. */
exports.gunzip = (bytes, limit) => require('node:zlib').gunzipSync(bytes, {maxOutputLength: limit})
