import { CoreUnavailableError } from '../core-errors.ts'

/** What to look at when TLS fails, by the code that OpenSSL and Node give it. */
const TLS_WORDS: Readonly<Record<string, string>> = {
  CERT_HAS_EXPIRED: 'its certificate has expired',
  CERT_NOT_YET_VALID: 'its certificate is not valid yet: is a clock wrong?',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is self-signed: give its authority as CORE_SYSTEM_CA',
  SELF_SIGNED_CERT_IN_CHAIN: 'the authority of its certificate is not known: give it as CORE_SYSTEM_CA',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'the authority of its certificate is not known: give it as CORE_SYSTEM_CA',
  UNABLE_TO_GET_ISSUER_CERT: 'the authority of its certificate is not known: give it as CORE_SYSTEM_CA',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'the authority of its certificate is not known: give it as CORE_SYSTEM_CA',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another host name',
  ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED: 'it asks for a certificate: give CORE_SYSTEM_CERT and CORE_SYSTEM_KEY',
  'ERR_SSL_SSL/TLS_ALERT_HANDSHAKE_FAILURE': 'it may ask for a certificate: give CORE_SYSTEM_CERT and CORE_SYSTEM_KEY',
  ERR_SSL_TLSV1_ALERT_UNKNOWN_CA: 'it does not know the authority of CORE_SYSTEM_CERT',
  ERR_SSL_WRONG_VERSION_NUMBER: 'it does not speak TLS there: is the port right?',
  ERR_SSL_PACKET_LENGTH_TOO_LONG: 'it does not speak TLS there: is the port right?',
}

/** What TLS 1.3 leaves of a refused certificate: the connection is closed, after it was opened, without a word. */
const CLOSED: ReadonlySet<string> = new Set(['UND_ERR_SOCKET', 'ECONNRESET', 'EPIPE'])

/** A failure below HTTP, named by its code; never with an address or a word of a body in it. */
export function networkFailure(error: unknown, overTls: boolean): CoreUnavailableError {
  const code = codeOf(error)
  const words = TLS_WORDS[code] ?? (isTlsFailure(code) ? 'TLS failed' : undefined)
  if (words) return new CoreUnavailableError(`The core system cannot be trusted: ${words} (${code})`, { kind: code, cause: error })
  const hint = overTls && CLOSED.has(code) ? '; if it does so every time, it may want CORE_SYSTEM_CERT, or not accept it' : ''
  return new CoreUnavailableError(CLOSED.has(code) ? `The core system closed the connection (${code})${hint}` : `The core system cannot be reached (${code})`, { kind: code, cause: error })
}

/** Of a certificate or a key: another try meets the same. */
export function isTlsFailure(code: string): boolean {
  return code in TLS_WORDS || /^(ERR_(SSL|TLS)_|CERT_|UNABLE_TO_)/.test(code)
}

function codeOf(error: unknown): string {
  for (let at = error; at instanceof Error; at = at.cause) {
    const { code } = at as NodeJS.ErrnoException
    if (typeof code === 'string' && /^[A-Z][A-Z0-9_/]{1,60}$/.test(code)) return code
  }
  return error instanceof Error ? error.name : 'unknown'
}
