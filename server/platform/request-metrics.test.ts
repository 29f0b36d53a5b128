import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { metrics } from './metrics.ts'
import { startRequestMetrics } from './request-metrics.ts'

const servers: Server[] = []
const stops: (() => void)[] = []
afterEach(() => {
  for (const stop of stops.splice(0)) stop()
  for (const server of servers.splice(0)) server.close()
})

async function serve(): Promise<number> {
  const server = createServer((request, response) => void response.writeHead(request.url === '/gone' ? 410 : 200).end())
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return (server.address() as AddressInfo).port
}

const count = (metric: string, route: string, status: string) =>
  new RegExp(`^stormdoor_request_seconds_count\\{method="GET",route="${route}",status="${status}".*\\} (\\d+)$`, 'm').exec(metric)?.[1]

test('answers of one server are counted by pattern and status, those of another are not', async () => {
  const [mine, other] = [await serve(), await serve()]
  stops.push(startRequestMetrics(mine, (path) => (path.startsWith('/reports/') ? '/reports/[id]' : path)))
  for (const path of ['/reports/1', '/reports/2?a=b', '/gone']) await fetch(`http://127.0.0.1:${mine}${path}`)
  await fetch(`http://127.0.0.1:${other}/other`)
  await expect.poll(async () => count(await metrics.metrics(), '/reports/\\[id\\]', '200')).toBe('2')
  const text = await metrics.metrics()
  expect(count(text, '/gone', '410')).toBe('1')
  expect(text).not.toContain('/other')
})
