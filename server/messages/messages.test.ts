import { readFileSync, statSync } from 'node:fs'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { SMTPServer } from 'smtp-server'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { temporaryFolder } from '../../bin/test-support/temporary-folder.ts'
import { systemClock, systemRandom } from '../../domain/clock.ts'
import { EnvironmentError } from '../platform/environment.ts'
import { MESSAGES_FILE } from './file-sender.ts'
import { type Message, MESSAGE_TEMPLATES } from './message.ts'
import { queueMessages } from './message-queue.ts'
import { readMessageSettings } from './message-settings.ts'
import { createMessageSender } from './send-message.ts'
import { writeMessage } from './write-message.ts'

const code: Message = { to: '+15551000001', channel: 'sms', locale: 'en', template: 'sign-up-code', values: { code: '123456' } }
const mail: Message = { to: 'customer@example.com', channel: 'email', locale: 'es', template: 'reset-link', values: { link: 'https://portal.example/account/reset/new?token=abc' } }
const nowhere = { emailUrl: 'smtp://127.0.0.1:1', smsUrl: 'http://127.0.0.1:1', from: 'Portal <portal@example.com>' }

interface Mail {
  from: string
  to: string[]
  source: string
}

/** A mail server that takes mail of whoever signs in, or refuses every recipient. */
async function mailServer({ refuses = false } = {}): Promise<{ url: string; got: Mail[] }> {
  const got: Mail[] = []
  const server = new SMTPServer({
    hideSTARTTLS: true, allowInsecureAuth: true, logger: false,
    onAuth: ({ username, password }, _session, done) => (username === 'portal' && password === 'p@ss word' ? done(null, { user: username }) : done(new Error('no'))),
    onRcptTo: ({ address }, _session, done) => done(refuses ? Object.assign(new Error(`550 who is ${address}`), { responseCode: 550 }) : null),
    onData: (stream, { envelope }, done) => {
      const chunks: Buffer[] = []
      stream.on('data', (chunk: Buffer) => chunks.push(chunk)).on('end', () => {
        got.push({ from: envelope.mailFrom ? envelope.mailFrom.address : '', to: envelope.rcptTo.map(({ address }) => address), source: Buffer.concat(chunks).toString() })
        done()
      })
    },
  })
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => new Promise<void>((resolve) => server.close(() => resolve())))
  const { port } = server.server.address() as AddressInfo
  return { url: `smtp://portal:${encodeURIComponent('p@ss word')}@127.0.0.1:${port}`, got }
}

async function gateway(status: number): Promise<{ url: string; got: { headers: IncomingMessage['headers']; body: string }[] }> {
  const got: { headers: IncomingMessage['headers']; body: string }[] = []
  const server = createServer((request, response) => {
    let body = ''
    request.setEncoding('utf8').on('data', (text: string) => (body += text)).on('end', () => {
      got.push({ headers: request.headers, body })
      response.writeHead(status).end()
    })
  })
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => new Promise<void>((resolve) => void server.close(() => resolve())))
  return { url: `http://:${encodeURIComponent('t/ken')}@127.0.0.1:${(server.address() as AddressInfo).port}/send`, got }
}

describe('messages to customers @messages', () => {
  it('go by mail, as the server of the utility takes it', async () => {
    const { url, got } = await mailServer()
    const sender = createMessageSender({ ...nowhere, emailUrl: url })
    await sender.send(mail)
    sender.close()
    expect(got).toMatchObject([{ from: 'portal@example.com', to: ['customer@example.com'] }])
    expect(got[0]!.source).toMatch(/^From: Portal <portal@example\.com>/m)
    expect(got[0]!.source.replaceAll('=\r\n', '').replaceAll('=3D', '=')).toContain('https://portal.example/account/reset/new?token=abc')
  })

  it('name nobody when the mail server refuses one', async () => {
    const { url } = await mailServer({ refuses: true })
    const sender = createMessageSender({ ...nowhere, emailUrl: url })
    const refusal = await sender.send(mail).catch((error: unknown) => error)
    sender.close()
    expect(String(refusal)).toContain('EENVELOPE 550')
    expect(String(refusal)).not.toContain('customer@example.com')
  })

  it('go as text messages by the gateway’s webhook, with its token', async () => {
    const { url, got } = await gateway(202)
    await createMessageSender({ ...nowhere, smsUrl: url }).send(code)
    expect(got[0]!.headers).toMatchObject({ 'content-type': 'application/json', authorization: 'Bearer t/ken' })
    expect(JSON.parse(got[0]!.body)).toEqual({ to: '+15551000001', text: expect.stringContaining('123456') })
    const refusing = await gateway(500)
    await expect(createMessageSender({ ...nowhere, smsUrl: refusing.url }).send(code)).rejects.toThrow('500')
  })

  it('go into a file that only its owner reads, where nobody is to be reached', async () => {
    const folder = join(temporaryFolder(), 'messages')
    const url = pathToFileURL(folder).href
    const sender = createMessageSender({ ...nowhere, emailUrl: url, smsUrl: url })
    await sender.send(code)
    await sender.send(mail)
    const lines = readFileSync(join(folder, MESSAGES_FILE), 'utf8').trim().split('\n').map((line) => JSON.parse(line) as object)
    expect(lines).toMatchObject([{ to: code.to, text: expect.stringContaining('123456') }, { to: mail.to, subject: expect.stringMatching(/contraseña/) }])
    expect(statSync(join(folder, MESSAGES_FILE)).mode & 0o777).toBe(0o600)
  })

  it('have words for every template in both languages, with nothing left open', () => {
    const values = { code: '123456', link: 'https://portal.example', email: 'a@example.com', ending: '0001', inviter: 'b@example.com', role: 'see it' }
    for (const template of MESSAGE_TEMPLATES) {
      for (const locale of ['en', 'es'] as const) {
        const { subject, text } = writeMessage({ ...mail, template, locale, values })
        expect(`${subject} ${text}`).not.toMatch(/[{}]/)
        expect(subject).not.toBe('')
      }
    }
  })
})

describe('what is sent after the answer @messages', () => {
  const clock = { ...systemClock, sleep: () => Promise.resolve() }
  const queueOf = (send: (message: Message) => Promise<void>, logger = { error: vi.fn() }) => ({ queue: queueMessages({ sender: { send, close: () => undefined }, clock, random: systemRandom, logger }), logger })

  it('is tried three times, and its failure is told without a word of it', async () => {
    const send = vi.fn(() => Promise.reject(new Error('away')))
    const { queue, logger } = queueOf(send)
    queue.send(code)
    await queue.idle()
    expect(send).toHaveBeenCalledTimes(3)
    expect(JSON.stringify(logger.error.mock.calls)).not.toMatch(/123456|5551000001/)
  })

  it('is begun again when the look-up before it fails', async () => {
    const send = vi.fn(() => Promise.resolve())
    const { queue } = queueOf(send)
    const lookUp = vi.fn().mockRejectedValueOnce(new Error('away')).mockResolvedValueOnce(undefined)
    queue.later(async () => {
      await lookUp()
      queue.send(code)
    })
    await queue.idle()
    expect([lookUp.mock.calls.length, send.mock.calls.length]).toEqual([2, 1])
  })

  it('never throws at whoever asks, and takes no more than it can', async () => {
    const held = Promise.withResolvers<void>()
    const send = vi.fn(() => held.promise)
    const { queue, logger } = queueOf(send)
    for (let count = 0; count < 1_100; count++) queue.send(code)
    expect(logger.error).toHaveBeenCalledTimes(100)
    held.resolve()
    await queue.close()
    expect(send).toHaveBeenCalledTimes(1_000)
    queue.send(code)
    expect(send).toHaveBeenCalledTimes(1_000)
  })
})

describe('where messages go @messages', () => {
  const file = { MESSAGES_EMAIL_URL: 'file:///tmp/messages', MESSAGES_SMS_URL: 'https://gateway.example', MESSAGES_FROM: 'portal@example.com' }
  it('is told by the environment: in production no file, and nothing missing', () => {
    expect(readMessageSettings({ ...file, STORMDOOR_ENV: 'demo' })).toEqual({ emailUrl: 'file:///tmp/messages', smsUrl: 'https://gateway.example', from: 'portal@example.com' })
    expect(() => readMessageSettings({ ...file, STORMDOOR_ENV: 'production' })).toThrow(/MESSAGES_EMAIL_URL/)
    expect(() => readMessageSettings(file)).toThrow(EnvironmentError)
    expect(() => readMessageSettings({ STORMDOOR_ENV: 'production' })).toThrow(/MESSAGES_EMAIL_URL: is missing\n.*MESSAGES_SMS_URL: is missing\n.*MESSAGES_FROM: is missing/)
  })
})
