// QEMU's monitor for programs (QMP): a JSON object a line; each command is answered, and events come in between.

import {once} from 'node:events'
import {connect, type Socket} from 'node:net'
import {createInterface} from 'node:readline'

type Data = Readonly<Record<string, unknown>>
type Message = {event?: string; data?: Data; return?: unknown; error?: {class: string; desc: string}}

/** An event that needs the machine's own doing may take as long as an emulated machine does. */
const patienceMs = 120_000

/** Opens the monitor that listens at a socket. */
export async function openMonitor(path: string): Promise<Monitor> {
  const socket = connect(path)
  await once(socket, 'connect')
  const monitor = new Monitor(socket)
  await monitor.execute('qmp_capabilities')
  return monitor
}

export class Monitor implements Disposable {
  readonly #socket: Socket
  /** Whatever was said and nobody has asked for yet. */
  readonly #said: Message[] = []
  readonly #listeners = new Set<() => void>()

  constructor(socket: Socket) {
    this.#socket = socket
    createInterface({input: socket}).on('line', line => {
      this.#said.push(JSON.parse(line) as Message)
      for (const listen of this.#listeners) listen()
    })
    // QEMU ends with the machine.
    socket.on('error', () => {})
  }

  /** Gives a command, and waits until it is answered. One at a time: answers carry no name. */
  async execute(command: string, options: Data = {}): Promise<void> {
    this.#socket.write(`${JSON.stringify({execute: command, arguments: options})}\n`)
    const {error} = await this.#take(command, message => 'return' in message || 'error' in message)
    if (error !== undefined) throw new Error(`${command}: ${error.class}: ${error.desc}`)
  }

  /** Waits for an event about a device. One that has come already counts, once. */
  async waitFor(event: string, device: string): Promise<void> {
    await this.#take(
      `${event} of ${device}`,
      message => message.event === event && message.data?.device === device,
    )
  }

  [Symbol.dispose](): void {
    this.#socket.destroy()
  }

  async #take(what: string, isWanted: (message: Message) => boolean): Promise<Message> {
    const {promise, resolve, reject} = Promise.withResolvers<Message>()
    const look = () => {
      const index = this.#said.findIndex(isWanted)
      if (index >= 0) resolve(this.#said.splice(index, 1)[0]!)
    }
    const timer = setTimeout(() => reject(new Error(`QEMU says nothing of ${what}`)), patienceMs)
    this.#listeners.add(look)
    look()
    try {
      return await promise
    } finally {
      clearTimeout(timer)
      this.#listeners.delete(look)
    }
  }
}
