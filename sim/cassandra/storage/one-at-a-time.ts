// Lets acts wait for each other: each begins when those before it have ended, well or badly.

export class OneAtATime {
  #last: Promise<unknown> = Promise.resolve()

  run<T>(act: () => Promise<T>): Promise<T> {
    const done = this.#last.then(act, act)
    this.#last = done.catch(() => undefined)
    return done
  }
}
