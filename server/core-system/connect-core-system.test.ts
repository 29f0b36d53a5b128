import { mkdirSync, writeFileSync } from 'node:fs'
import { createServer, type ServerOptions } from 'node:https'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { describe, expect, it, onTestFinished } from 'vitest'
import { temporaryFolder } from '../../bin/test-support/temporary-folder.ts'
import { systemClock, systemRandom } from '../../domain/clock.ts'
import { EnvironmentError, readEnvironment } from '../platform/environment.ts'
import { CORE_SYSTEM_VARIABLES, connectCoreSystem } from './connect-core-system.ts'
import { issueCertificate, type Issued } from './rest/certificate.fixture.ts'

const call = { signal: new AbortController().signal }
const failure = async (promise: Promise<unknown>): Promise<unknown> => promise.then((value) => expect.fail(`resolved with ${JSON.stringify(value)}`), (error: unknown) => error)
const written = (content: string) => {
  const path = join(temporaryFolder(), 'file.pem')
  writeFileSync(path, content)
  return path
}

function connect(variables: Partial<Record<(typeof CORE_SYSTEM_VARIABLES)[number], string>>) {
  const warnings: string[] = []
  const environment = readEnvironment(CORE_SYSTEM_VARIABLES, { STORMDOOR_ENV: 'test', ...variables })
  const core = connectCoreSystem(environment, { clock: systemClock, random: systemRandom, logger: { warn: (text: string) => void warnings.push(text) } as never })
  if (core) onTestFinished(() => core.close())
  return { core, warnings }
}

async function listening(options: ServerOptions): Promise<string> {
  const server = createServer(options, (request, response) => {
    response.writeHead(404, { 'content-type': 'application/problem+json' }).end(JSON.stringify({ title: request.headers.authorization }))
  })
  server.on('tlsClientError', () => undefined)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return `https://127.0.0.1:${(server.address() as AddressInfo).port}/core/v1`
}

describe('connectCoreSystem @core', () => {
  it('connects to nothing without an address, to a folder, and to a service', async () => {
    expect(connect({}).core).toBeNull()
    const folder = temporaryFolder()
    for (const name of ['inbox', 'outbox']) mkdirSync(join(folder, name))
    await connect({ CORE_SYSTEM_URL: pathToFileURL(folder).href }).core!.reach(call)
    const { core, warnings } = connect({ CORE_SYSTEM_URL: 'http://127.0.0.1:1/core/v1', STORMDOOR_ENV: 'production' })
    expect(await failure(core!.reach(call))).toMatchObject({ kind: 'ECONNREFUSED' })
    expect(warnings).toEqual([expect.stringContaining('not https')])
  })

  it.each([
    [{ CORE_SYSTEM_URL: 'https://user:secret@host/core' }, 'CORE_SYSTEM_TOKEN'],
    [{ CORE_SYSTEM_URL: 'https://host/core?key=secret' }, 'CORE_SYSTEM_TOKEN'],
    [{ CORE_SYSTEM_URL: 'file://host/folder' }, 'file:///'],
    [{ CORE_SYSTEM_URL: 'https://host/', CORE_SYSTEM_CERT: '/nowhere' }, 'belong together'],
    [{ CORE_SYSTEM_URL: 'https://host/', CORE_SYSTEM_CA: '/nowhere/ca.pem' }, 'CORE_SYSTEM_CA cannot be read (ENOENT)'],
    [{ CORE_SYSTEM_URL: 'https://host/', CORE_SYSTEM_CA: import.meta.filename }, 'not a PEM'],
  ])('refuses what cannot work: %j', (variables, words) => {
    expect(() => connect(variables)).toThrow(EnvironmentError)
    expect(() => connect(variables)).toThrow(words)
    expect(() => connect(variables)).not.toThrow('secret@')
  })

  it('proves itself by a certificate, and says in words what is wrong with either side’s', async () => {
    const authority = issueCertificate({ name: 'Authority' })
    const ours = issueCertificate({ name: 'Portal', by: authority })
    const server = issueCertificate({ name: 'Core', by: authority, address: '127.0.0.1' })
    const mutual = { ...server, ca: authority.cert, requestCert: true, rejectUnauthorized: true }
    const [url, older, expired, otherHost] = await Promise.all([
      listening(mutual),
      listening({ ...mutual, maxVersion: 'TLSv1.2' }),
      listening(issueCertificate({ name: 'Core', by: authority, address: '127.0.0.1', expired: true })),
      listening(issueCertificate({ name: 'Core', by: authority, address: '127.0.0.9' })),
    ])
    const CORE_SYSTEM_CA = written(authority.cert)
    const as = ({ cert, key }: Issued) => ({ CORE_SYSTEM_CERT: written(cert), CORE_SYSTEM_KEY: written(key) })
    const reached = async (variables: Parameters<typeof connect>[0]) => connect(variables).core!.reach(call).then(() => 'reached', (error: Error) => error.message)

    expect(await reached({ CORE_SYSTEM_URL: url, CORE_SYSTEM_CA, ...as(ours), CORE_SYSTEM_TOKEN: 'a-token-of-these-tests' })).toBe('reached')
    for (const given of [{}, as(issueCertificate({ name: 'Stranger' }))]) {
      expect(await reached({ CORE_SYSTEM_URL: url, CORE_SYSTEM_CA, ...given })).toContain('it may want CORE_SYSTEM_CERT, or not accept it')
      expect(await reached({ CORE_SYSTEM_URL: older, CORE_SYSTEM_CA, ...given })).toContain('CORE_SYSTEM_CERT')
    }
    expect(await reached({ CORE_SYSTEM_URL: url, ...as(ours) })).toContain('give it as CORE_SYSTEM_CA')
    expect(await reached({ CORE_SYSTEM_URL: expired, CORE_SYSTEM_CA })).toContain('has expired (CERT_HAS_EXPIRED)')
    expect(await reached({ CORE_SYSTEM_URL: otherHost, CORE_SYSTEM_CA })).toContain('another host name')
  })
})
