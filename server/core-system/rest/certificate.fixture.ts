import { createPrivateKey, generateKeyPairSync, randomBytes, sign, X509Certificate, type KeyObject } from 'node:crypto'

export interface Issued {
  /** PEM. */
  cert: string
  key: string
}

const DAY_MS = 86_400_000
const OIDS = { ecdsaWithSha256: '1.2.840.10045.4.3.2', commonName: '2.5.4.3', basicConstraints: '2.5.29.19', subjectAltName: '2.5.29.17' } as const

/**
 * A certificate with its key, made for a test (RFC 5280 in DER).
 * @param options.by whose authority it is signed with; its own without. options.address IPv4 that a server has
 */
export function issueCertificate(options: { name: string; by?: Issued; address?: string; expired?: boolean }): Issued {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const signer: KeyObject = options.by ? createPrivateKey(options.by.key) : privateKey
  const issuer = options.by ? new X509Certificate(options.by.cert).subject.replace(/^CN=/, '') : options.name
  const begins = Date.now() - 2 * DAY_MS
  const extensions = [
    ...(options.by ? [] : [sequence(oid(OIDS.basicConstraints), tagged(0x01, Buffer.from([0xff])), tagged(0x04, sequence(tagged(0x01, Buffer.from([0xff])))))]),
    ...(options.address ? [sequence(oid(OIDS.subjectAltName), tagged(0x04, sequence(tagged(0x87, Buffer.from(options.address.split('.').map(Number))))))] : []),
  ]
  const toBeSigned = sequence(
    tagged(0xa0, integer(Buffer.from([2]))),
    integer(Buffer.concat([Buffer.from([1]), randomBytes(8)])),
    sequence(oid(OIDS.ecdsaWithSha256)),
    nameOf(issuer),
    sequence(time(begins), time(begins + (options.expired ? 1 : 365) * DAY_MS)),
    nameOf(options.name),
    publicKey.export({ type: 'spki', format: 'der' }),
    ...(extensions.length > 0 ? [tagged(0xa3, sequence(...extensions))] : []),
  )
  const signature = Buffer.concat([Buffer.from([0]), sign('sha256', toBeSigned, signer)])
  const der = sequence(toBeSigned, sequence(oid(OIDS.ecdsaWithSha256)), tagged(0x03, signature))
  const cert = `-----BEGIN CERTIFICATE-----\n${der.toString('base64').match(/.{1,64}/g)!.join('\n')}\n-----END CERTIFICATE-----\n`
  return { cert, key: privateKey.export({ type: 'pkcs8', format: 'pem' }) as string }
}

function tagged(tag: number, content: Buffer): Buffer {
  const { length } = content
  const head = length < 0x80 ? [tag, length] : length < 0x100 ? [tag, 0x81, length] : [tag, 0x82, length >> 8, length & 0xff]
  return Buffer.concat([Buffer.from(head), content])
}

function sequence(...parts: Buffer[]): Buffer {
  return tagged(0x30, Buffer.concat(parts))
}

function integer(bytes: Buffer): Buffer {
  return tagged(0x02, bytes)
}

function oid(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number)
  const bytes = [first * 40 + second]
  for (const arc of rest) {
    const groups = [arc & 0x7f]
    for (let left = arc >> 7; left > 0; left >>= 7) groups.unshift((left & 0x7f) | 0x80)
    bytes.push(...groups)
  }
  return tagged(0x06, Buffer.from(bytes))
}

function nameOf(commonName: string): Buffer {
  return sequence(tagged(0x31, sequence(oid(OIDS.commonName), tagged(0x0c, Buffer.from(commonName)))))
}

function time(ms: number): Buffer {
  return tagged(0x17, Buffer.from(`${new Date(ms).toISOString().slice(2, 19).replaceAll(/[-T:]/g, '')}Z`))
}
