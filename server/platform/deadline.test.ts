import { createServer } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, it, onTestFinished } from 'vitest'
import { remainingMs, withDeadline, withoutDeadline } from './deadline.ts'
import { startRequestDeadlines } from './request-deadlines.ts'

it('is what is left of the nearest end, below everything that was begun within it @reads', async () => {
  expect(remainingMs()).toBe(Number.POSITIVE_INFINITY)
  await withDeadline(50_000, async () => {
    await sleep(5)
    expect(remainingMs()).toBeLessThan(50_000)
    expect(remainingMs()).toBeGreaterThan(20_000)
    expect(withDeadline(100_000, remainingMs)).toBeLessThan(50_000)
    expect(withDeadline(10, remainingMs)).toBeLessThanOrEqual(10)
    expect(withoutDeadline(remainingMs)).toBe(Number.POSITIVE_INFINITY)
  })
  expect(await withDeadline(1, () => sleep(5).then(remainingMs))).toBe(0)
})

it('is each request\'s own, also on a connection that is kept @web', async () => {
  const server = createServer((_request, response) => {
    void sleep(20).then(() => response.end(String(remainingMs())))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as { port: number }
  const stop = startRequestDeadlines(port, 60_000)
  onTestFinished(() => {
    stop()
    server.close()
  })
  const left = async () => Number(await (await fetch(`http://127.0.0.1:${port}/`)).text())
  for (const one of [await left(), await left(), ...(await Promise.all([left(), left()]))]) {
    expect(one).toBeGreaterThan(40_000)
    expect(one).toBeLessThan(60_000)
  }
  expect(remainingMs()).toBe(Number.POSITIVE_INFINITY)
  stop()
  expect(await left()).toBe(Number.POSITIVE_INFINITY)
})
