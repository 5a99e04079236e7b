// A value that must not be seen. It goes through the plan like any other, and whoever prints the plan, logs it or
// makes JSON of it gets asterisks.

export const maskText = '********'

export class Secret {
  readonly #value: string

  constructor(value: string) {
    this.#value = value
  }

  /** The value itself, for the one place that needs it. */
  reveal(): string {
    return this.#value
  }

  toString(): string {
    return maskText
  }

  toJSON(): string {
    return maskText
  }
}
