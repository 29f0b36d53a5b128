import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, connect, type AddressInfo, type Server, type Socket } from 'node:net'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePorts } from '../setup/free-port.ts'
import { portsPerBroker, startBrokers } from '../setup/kafka-cluster.ts'

/** One broker behind a TCP proxy that can keep its answers back. */
export interface MutedBroker {
  bootstrap: string
  /** What clients send goes on to the broker; what it answers is dropped, on the connections of now and later. */
  mute(): void
  /** Ends the connections whose answers were dropped; new ones are whole. */
  unmute(): void
  stop(): Promise<void>
}

/** The broker tells clients the proxy's address as its own. */
export async function startMutedBroker(): Promise<MutedBroker> {
  const folder = mkdtempSync(join(tmpdir(), 'stormdoor-muted-'))
  const sockets = new Set<Socket>()
  let muted = false
  const ports = await freePorts(portsPerBroker)
  const proxy: Server = createServer((near) => {
    const far = connect(ports[0]!, '127.0.0.1')
    for (const [socket, other] of [[near, far], [far, near]] as const) {
      sockets.add(socket)
      socket.setNoDelay(true)
      socket.on('error', () => other.destroy())
      socket.on('close', () => {
        sockets.delete(socket)
        other.destroy()
      })
    }
    near.on('data', (chunk) => far.write(chunk))
    far.on('data', (chunk) => {
      if (!muted) near.write(chunk)
    })
  })
  proxy.listen(0, '127.0.0.1')
  await once(proxy, 'listening')
  const { port } = proxy.address() as AddressInfo
  const cluster = await startBrokers({ folder, count: 1, ports, properties: { 'advertised.listeners': `CLIENT://127.0.0.1:${port}` } })
  return {
    bootstrap: `127.0.0.1:${port}`,
    mute() {
      muted = true
    },
    unmute() {
      muted = false
      for (const socket of sockets) socket.destroy()
    },
    async stop() {
      await cluster.stop()
      for (const socket of sockets) socket.destroy()
      proxy.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
