// A name server for tests that answers every question with one PTR record, whatever its name holds.
//
//   node ptr-server.ts HEX    the labels as they go over the wire, without the last, empty one

import {createSocket} from 'node:dgram'
import {argv} from 'node:process'

const name = Buffer.concat([Buffer.from(argv[2] ?? '', 'hex'), Buffer.of(0)])
const socket = createSocket('udp4')

// RFC 1035 §4.1: the question comes back, and behind it the record, whose owner is a pointer to the question.
socket.on('message', (question, {port, address}) => {
  const end = question.indexOf(0, 12) + 5
  const header = Buffer.concat([question.subarray(0, 2), Buffer.of(0x81, 0x80, 0, 1, 0, 1, 0, 0, 0, 0)])
  const record = Buffer.of(0xc0, 0x0c, 0, 12, 0, 1, 0, 0, 0, 60, 0, name.length)
  socket.send(Buffer.concat([header, question.subarray(12, end), record, name]), port, address)
})
socket.bind(53)
