import { expect, test } from 'vitest'
import { RECEIVE_WINDOW_BYTES, SEGMENT_BYTES_MAX, SEND_HIGH_WATER_BYTES } from '../../../sim/network/flow.ts'
import { bytes, noting, PORT, stage, text } from './stage.ts'

test('what is written is read one latency later, in order', async () => {
  const scene = stage()
  scene.farListens(connection => ({
    ...noting(scene.note, 'far'),
    onData: chunk => connection.write(bytes(`${text(chunk)}!`)),
  }))
  scene.nearDoes(async ({ network }) => {
    const connection = await network.connect({ host: '10.0.0.2', port: PORT })
    connection.handle(noting(scene.note, 'near'))
    for (const word of ['one', 'two', 'three']) connection.write(bytes(word))
  })
  expect(await scene.play()).toEqual(['4 near got one!', '4 near got two!', '4 near got three!'])
})

test('a chunk is never overtaken by one that was quicker', async () => {
  const scene = stage({ fabric: { latency: { minMicros: 100, maxMicros: 90_000, tailShare: 0.1, tailFactor: 10 } } })
  const got: string[] = []
  scene.farListens(() => ({ onData: chunk => got.push(text(chunk)) }))
  scene.nearDoes(async ({ network, clock }) => {
    const connection = await network.connect({ host: '10.0.0.2', port: PORT })
    for (let index = 0; index < 100; index++) {
      connection.write(bytes(`${index} `))
      await clock.sleep(1)
    }
  })
  await scene.play()
  expect(got).toHaveLength(100)
  expect(got.join('')).toBe([...Array(100).keys()].map(index => `${index} `).join(''))
})

test('what is larger than a segment arrives in segments', async () => {
  const scene = stage()
  const lengths: number[] = []
  scene.farListens(() => ({ onData: chunk => lengths.push(chunk.length) }))
  scene.nearDoes(async ({ network }) => {
    const connection = await network.connect({ host: '10.0.0.2', port: PORT })
    connection.write(new Uint8Array(2 * SEGMENT_BYTES_MAX + 5))
  })
  await scene.play()
  expect(lengths).toEqual([SEGMENT_BYTES_MAX, SEGMENT_BYTES_MAX, 5])
})

test('data that comes before there are callbacks is kept', async () => {
  const scene = stage()
  scene.farListens(connection => {
    connection.write(bytes('early'))
    connection.end()
    return {}
  })
  scene.nearDoes(async ({ network, clock }) => {
    const connection = await network.connect({ host: '10.0.0.2', port: PORT })
    await clock.sleep(100)
    connection.handle(noting(scene.note, 'near'))
    scene.note('near handles')
  })
  expect(await scene.play()).toEqual(['102 near handles', '102 near got early', '102 near saw the end'])
})

test('new callbacks replace the old ones', async () => {
  const scene = stage()
  scene.farListens(() => noting(scene.note, 'far'))
  scene.nearDoes(async ({ network, clock }) => {
    const connection = await network.connect({ host: '10.0.0.2', port: PORT })
    connection.handle(noting(scene.note, 'old'))
    connection.handle(noting(scene.note, 'new'))
    await clock.sleep(5)
    connection.end()
  })
  scene.at(20, () => scene.far.crash())
  expect(await scene.play()).toEqual(['8 far saw the end', '21 new closed: ECONNRESET'])
})

test('a reader that pauses stops the writer when window and send buffer are full, and lets it go on later', async () => {
  const scene = stage()
  let read = 0
  scene.farListens((connection, { clock }) => {
    connection.pause()
    clock.setTimer(1000, () => connection.resume())
    return { onData: chunk => (read += chunk.length) }
  })
  const chunk = new Uint8Array(16 * 1024)
  const taken: number[] = []
  scene.nearDoes(async ({ network }) => {
    const connection = await network.connect({ host: '10.0.0.2', port: PORT })
    let written = 0
    const fill = (): void => {
      while (written < 1024 * 1024) {
        written += chunk.length
        if (!connection.write(chunk)) break
      }
      taken.push(written)
      if (written === 1024 * 1024) connection.end()
    }
    connection.handle({ onDrain: fill })
    fill()
    scene.note(`${connection.bufferedBytes} bytes wait`)
  })
  expect(await scene.play()).toEqual([`2 ${SEND_HIGH_WATER_BYTES} bytes wait`])
  expect(taken[0]).toBe(RECEIVE_WINDOW_BYTES + SEND_HIGH_WATER_BYTES)
  expect(taken.length).toBeGreaterThan(2)
  expect(read).toBe(1024 * 1024)
})

test('a reader that never reads stops the writer for good, and what waits does not grow', async () => {
  const scene = stage()
  scene.farListens(connection => {
    connection.pause()
    return noting(scene.note, 'far')
  })
  scene.nearDoes(async ({ network, clock }) => {
    const connection = await network.connect({ host: '10.0.0.2', port: PORT })
    connection.handle(noting(scene.note, 'near'))
    let written = 0
    while (connection.write(new Uint8Array(1000))) written += 1000
    await clock.sleep(3_000_000)
    scene.note(`${written} bytes were taken`)
  })
  const [seen, ...more] = await scene.play()
  expect(more).toEqual([])
  expect(Number(seen?.split(' ')[1])).toBeLessThan(RECEIVE_WINDOW_BYTES + SEND_HIGH_WATER_BYTES)
})

test('a paused end sees neither data nor the end until it resumes', async () => {
  const scene = stage()
  scene.farListens((connection, { clock }) => {
    connection.pause()
    clock.setTimer(50, () => connection.resume())
    return noting(scene.note, 'far')
  })
  scene.nearDoes(async ({ network }) => {
    const connection = await network.connect({ host: '10.0.0.2', port: PORT })
    connection.write(bytes('one'))
    connection.write(bytes('two'))
    connection.end()
  })
  expect(await scene.play()).toEqual(['53 far got one', '53 far got two', '53 far saw the end'])
})

test('pausing within a callback holds back what was already there', async () => {
  const scene = stage()
  scene.farListens((connection, { clock }) => ({
    onData(chunk) {
      scene.note(`far got ${text(chunk)}`)
      connection.pause()
      clock.setTimer(10, () => connection.resume())
    },
  }))
  scene.nearDoes(async ({ network }) => {
    const connection = await network.connect({ host: '10.0.0.2', port: PORT })
    for (const word of ['one', 'two', 'three']) connection.write(bytes(word))
  })
  expect(await scene.play()).toEqual(['3 far got one', '13 far got two', '23 far got three'])
})

test('after a half-close the other side may still write, and the connection ends when both have ended', async () => {
  const scene = stage()
  scene.farListens((connection, { clock }) => ({
    ...noting(scene.note, 'far'),
    onEnd() {
      scene.note('far saw the end')
      clock.setTimer(10, () => {
        connection.write(bytes('still here'))
        connection.end()
      })
    },
  }))
  scene.nearDoes(async ({ network }) => {
    const connection = await network.connect({ host: '10.0.0.2', port: PORT })
    connection.handle(noting(scene.note, 'near'))
    connection.write(bytes('last words'))
    connection.end()
    expect(connection.write(bytes('too late'))).toBe(true)
  })
  expect(await scene.play()).toEqual([
    '3 far got last words',
    '3 far saw the end',
    '13 far closed',
    '14 near got still here',
    '14 near saw the end',
    '14 near closed',
  ])
  expect(scene.simulation.fabric.connectionsOf(scene.near)).toBe(0)
  expect(scene.simulation.fabric.connectionsOf(scene.far)).toBe(0)
})

test('an end that comes to a writer which waits for the window arrives after all that was written', async () => {
  const scene = stage()
  let read = 0
  scene.farListens((connection, { clock }) => {
    connection.pause()
    clock.setTimer(100, () => connection.resume())
    return { ...noting(scene.note, 'far'), onData: chunk => (read += chunk.length), onEnd: () => connection.end() }
  })
  const total = 2 * RECEIVE_WINDOW_BYTES
  scene.nearDoes(async ({ network }) => {
    const connection = await network.connect({ host: '10.0.0.2', port: PORT })
    connection.write(new Uint8Array(total))
    connection.destroy()
  })
  await scene.play()
  expect(read).toBe(total)
  expect(scene.simulation.fabric.connectionsOf(scene.near)).toBe(0)
  expect(scene.simulation.fabric.connectionsOf(scene.far)).toBe(0)
})

test('a reset drops what is under way to its sender, and tells the other side', async () => {
  const scene = stage()
  scene.farListens(connection => ({
    ...noting(scene.note, 'far'),
    onData(chunk) {
      scene.note(`far got ${text(chunk)}`)
      connection.write(bytes('answer'))
      connection.destroy({ reset: true })
    },
  }))
  scene.nearDoes(async ({ network }) => {
    const connection = await network.connect({ host: '10.0.0.2', port: PORT })
    connection.handle(noting(scene.note, 'near'))
    connection.write(bytes('question'))
  })
  expect(await scene.play()).toEqual([
    '3 far got question',
    '3 far closed',
    '4 near got answer',
    '4 near closed: ECONNRESET',
  ])
})

test('letting go sends what was written, then the end', async () => {
  const scene = stage()
  scene.farListens(() => noting(scene.note, 'far'))
  scene.nearDoes(async ({ network }) => {
    const connection = await network.connect({ host: '10.0.0.2', port: PORT })
    connection.handle(noting(scene.note, 'near'))
    connection.write(bytes('bye'))
    connection.destroy()
  })
  expect(await scene.play()).toEqual(['2 near closed', '3 far got bye', '3 far saw the end'])
})

test('who writes to a side that has let go is reset', async () => {
  const scene = stage()
  scene.farListens((connection, { clock }) => {
    clock.setTimer(10, () => connection.destroy())
    return {}
  })
  scene.nearDoes(async ({ network, clock }) => {
    const connection = await network.connect({ host: '10.0.0.2', port: PORT })
    connection.handle(noting(scene.note, 'near'))
    await clock.sleep(20)
    connection.write(bytes('hello?'))
  })
  expect(await scene.play()).toEqual(['14 near saw the end', '24 near closed: ECONNRESET'])
})

test('letting go of what was received and not read resets', async () => {
  const scene = stage()
  scene.farListens((connection, { clock }) => {
    connection.pause()
    clock.setTimer(10, () => connection.destroy())
    return {}
  })
  scene.nearDoes(async ({ network }) => {
    const connection = await network.connect({ host: '10.0.0.2', port: PORT })
    connection.handle(noting(scene.note, 'near'))
    connection.write(bytes('never read'))
  })
  expect(await scene.play()).toEqual(['14 near closed: ECONNRESET'])
})

test('a narrow link takes its time for many bytes, of all connections together', async () => {
  const scene = stage({
    fabric: { latency: { minMicros: 1000, maxMicros: 1000, tailShare: 0, tailFactor: 1, bytesPerSecond: 1e6 } },
  })
  scene.farListens(() => ({ onData: chunk => scene.note(`far got ${chunk.length}`) }))
  scene.nearDoes(async ({ network }) => {
    const one = await network.connect({ host: '10.0.0.2', port: PORT })
    const two = await network.connect({ host: '10.0.0.2', port: PORT })
    one.write(new Uint8Array(10_000))
    two.write(new Uint8Array(5_000))
  })
  expect(await scene.play()).toEqual(['15 far got 10000', '20 far got 5000'])
})
