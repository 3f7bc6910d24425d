// Keeps kafkajs 2.2.4 from waking up a thousand times a second on every connection.
//
// After its first request, a connection looks every millisecond whether a request is waiting to be sent, for ever: the delay
// until it may send again is negative as long as no broker has throttled it. It need look only while one waits, and whoever
// puts one into the queue has it look.

import RequestQueue from 'kafkajs/src/network/requestQueue/index.js'

/** Once for each instance of the library; again does no harm. */
export function calmRequestQueue(): void {
  const { prototype } = RequestQueue
  if (CALMED in prototype) return
  const schedule = prototype.scheduleCheckPendingRequests
  Object.assign(prototype, {
    [CALMED]: true,
    scheduleCheckPendingRequests(this: RequestQueue): void {
      if (this.pending.length > 0) schedule.call(this)
    },
  })
}

const CALMED = Symbol.for('foreshock: the request queue is calm')
