import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto'

const USER_PRESENT = 0x01
const USER_VERIFIED = 0x04
const HOLDS_CREDENTIAL = 0x40

/** What a browser and its authenticator make of a passkey's options (WebAuthn level 2, "none" attestation, ES256), as JSON. */
export function softwareAuthenticator({ origin, rpId, verifiesUser = true }: { origin: string; rpId: string; verifiesUser?: boolean }) {
  const id = randomBytes(16)
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const flags = USER_PRESENT | (verifiesUser ? USER_VERIFIED : 0)
  let counter = 0
  const clientDataOf = (type: string, challenge: string, from: string) => Buffer.from(JSON.stringify({ type, challenge, origin: from, crossOrigin: false }))
  const authenticatorData = (more: number, rest: Buffer) => {
    const count = Buffer.alloc(4)
    count.writeUInt32BE(++counter)
    return Buffer.concat([createHash('sha256').update(rpId).digest(), Buffer.from([flags | more]), count, rest])
  }
  const credential = (response: object) => ({ id: id.toString('base64url'), rawId: id.toString('base64url'), type: 'public-key' as const, clientExtensionResults: {}, response })
  return {
    create: ({ challenge }: { challenge: string }, from = origin) => {
      const idLength = Buffer.alloc(2)
      idLength.writeUInt16BE(id.length)
      const authData = authenticatorData(HOLDS_CREDENTIAL, Buffer.concat([Buffer.alloc(16), idLength, id, coseKey(publicKey)]))
      const attestationObject = map([[text('fmt'), text('none')], [text('attStmt'), map([])], [text('authData'), bytes(authData)]])
      return credential({ clientDataJSON: clientDataOf('webauthn.create', challenge, from).toString('base64url'), attestationObject: attestationObject.toString('base64url'), transports: ['internal'] })
    },
    get: ({ challenge }: { challenge: string }, from = origin) => {
      const clientData = clientDataOf('webauthn.get', challenge, from)
      const authData = authenticatorData(0, Buffer.alloc(0))
      const signature = sign('sha256', Buffer.concat([authData, createHash('sha256').update(clientData).digest()]), privateKey)
      return credential({ clientDataJSON: clientData.toString('base64url'), authenticatorData: authData.toString('base64url'), signature: signature.toString('base64url') })
    },
  }
}

/** RFC 9053: kty EC2, alg ES256, crv P-256, x, y. */
function coseKey(key: KeyObject): Buffer {
  const { x = '', y = '' } = key.export({ format: 'jwk' })
  return map([[int(1), int(2)], [int(3), int(-7)], [int(-1), int(1)], [int(-2), bytes(Buffer.from(x, 'base64url'))], [int(-3), bytes(Buffer.from(y, 'base64url'))]])
}

/** RFC 8949, as far as it is needed here. */
function head(major: number, length: number): Buffer {
  if (length < 24) return Buffer.from([(major << 5) | length])
  return length < 256 ? Buffer.from([(major << 5) | 24, length]) : Buffer.from([(major << 5) | 25, length >> 8, length & 0xff])
}
const int = (value: number) => (value < 0 ? head(1, -1 - value) : head(0, value))
const bytes = (value: Buffer) => Buffer.concat([head(2, value.length), value])
const text = (value: string) => Buffer.concat([head(3, Buffer.byteLength(value)), Buffer.from(value)])
const map = (entries: readonly (readonly [Buffer, Buffer])[]) => Buffer.concat([head(5, entries.length), ...entries.flat()])
