// Virtual time as people read it: minutes, seconds and microseconds since the world's start.

/** `0:12.345678`, or `1:00:12.345678` from an hour on. */
export function formatVirtual(atMicros: number): string {
  const seconds = Math.floor(atMicros / 1_000_000)
  const fraction = String(Math.floor(atMicros % 1_000_000)).padStart(6, '0')
  const minutes = Math.floor(seconds / 60)
  const rest = String(seconds % 60).padStart(2, '0')
  if (minutes < 60) return `${minutes}:${rest}.${fraction}`
  return `${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, '0')}:${rest}.${fraction}`
}
