import type { KeyObject } from 'node:crypto'
import { parentPort, workerData } from 'node:worker_threads'
import { compactJws } from './compact-jws.ts'

/** Started with the key; is sent payloads and answers each batch with its tokens, in order. */
export interface SigningThreadStart {
  header: string
  key: KeyObject
}

const { header, key } = workerData as SigningThreadStart
parentPort?.on('message', (payloads: readonly string[]) => {
  parentPort?.postMessage(payloads.map((payload) => compactJws(header, payload, key)), [])
})
