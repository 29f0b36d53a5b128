/** `next start` of the floor's app on a free loopback port, as a child that tells its port. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import next from 'next'

const [dir] = process.argv.slice(2)
const app = next({ dir, dev: false, hostname: '127.0.0.1', port: 0 })
await app.prepare()
const answer = app.getRequestHandler()
const server = createServer((request, response) => {
  void answer(request, response)
})
server.listen(0, '127.0.0.1', () => process.send?.({ port: (server.address() as AddressInfo).port }))
process.on('disconnect', () => process.exit(0))
