// Numbers for producers, out of blocks that the controller hands to this broker alone.

import type { ControllerLink } from './controller-link.ts'

export class ProducerIds {
  readonly #controller: ControllerLink
  #next = 0
  #end = 0
  #asking: Promise<void> | undefined

  constructor(controller: ControllerLink) {
    this.#controller = controller
  }

  /** Undefined when the controller does not answer. */
  async next(): Promise<number | undefined> {
    if (this.#next >= this.#end) {
      this.#asking ??= this.#ask()
      await this.#asking
    }
    return this.#next < this.#end ? this.#next++ : undefined
  }

  async #ask(): Promise<void> {
    try {
      const block = await this.#controller.allocateProducerIds()
      this.#next = block.firstId
      this.#end = block.firstId + block.count
    } catch {
      // The caller's producer asks again.
    } finally {
      this.#asking = undefined
    }
  }
}
