import { isUtf8 } from 'node:buffer'
import type { Dispatcher } from 'undici'
import { CoreAnswerError } from '../core-errors.ts'

/** A refusal's reason is short. */
const REFUSAL_BYTES = 65_536
const JSON_TYPE = /^application\/([\w.-]+\+)?json\s*(;|$)/i

export interface CoreAnswer {
  status: number
  /** By its name in lower case; the first of several. */
  header: (name: string) => string | undefined
  isJson: boolean
  text: string
}

/**
 * Reads an answer to its end, in bounded memory.
 * @throws CoreAnswerError when it is larger than `mostBytes`, packed, or not UTF-8; what the network throws
 */
export async function readAnswer(response: Dispatcher.ResponseData, mostBytes: number): Promise<CoreAnswer> {
  const bytes = await bytesOf(response, mostBytes)
  if (!bytes) throw new CoreAnswerError(`The core system answered with more than ${mostBytes} bytes`)
  const answer = answerOf(response, bytes)
  if (answer.header('content-encoding') !== undefined) throw new CoreAnswerError('The core system packed its answer, which was not asked for')
  if (!isUtf8(bytes)) throw new CoreAnswerError('The core system answered in something else than UTF-8')
  return answer
}

/** Of an answer that says no: what counts is its status, whatever it wraps its reason in. */
export async function readRefusal(response: Dispatcher.ResponseData): Promise<CoreAnswer> {
  return answerOf(response, (await bytesOf(response, REFUSAL_BYTES)) ?? Buffer.alloc(0))
}

/** Null when there are more: then the connection is ended and nothing more is read. */
async function bytesOf({ body }: Dispatcher.ResponseData, mostBytes: number): Promise<Buffer | null> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of body as AsyncIterable<Buffer>) {
    bytes += chunk.length
    if (bytes > mostBytes) return null
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

function answerOf({ statusCode, headers }: Dispatcher.ResponseData, bytes: Buffer): CoreAnswer {
  const header = (name: string) => [headers[name]].flat()[0]
  return { status: statusCode, header, isJson: JSON_TYPE.test(header('content-type') ?? ''), text: bytes.toString() }
}
