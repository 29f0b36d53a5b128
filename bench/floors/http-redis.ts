/** Floor `http+redis`: bare node:http that answers each path with what one GET of it finds in Redis. */
import { Redis } from 'ioredis'
import { FLOOR_PREFIX } from './http-redis-prefix.ts'
import { serveFloor } from './serve-floor.ts'

const redis = new Redis(process.env['REDIS_URL'] ?? '')

async function find(path: string): Promise<Buffer | null> {
  return redis.getBuffer(FLOOR_PREFIX + path)
}

serveFloor((request, response) => {
  void find(request.url ?? '').then((value) => {
    if (value) response.writeHead(200, { 'content-type': 'application/json', 'content-length': value.length }).end(value)
    else response.writeHead(404).end()
  })
})
