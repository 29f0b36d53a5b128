import { randomBytes } from 'node:crypto'
import { dirname, join } from 'node:path'
import { javaProgram } from './maven-jars.ts'
import { runProgram } from './run-program.ts'
import { SetupError } from './setup-error.ts'

export interface KafkaCertificate {
  /** Absolute path of a PKCS #12 file with key and certificate. */
  keystore: string
  keystorePassword: string
  /** Absolute path of the certificate as PEM: what a client must trust. */
  caFile: string
}

/** A self-signed certificate for 127.0.0.1 and localhost, made anew in the folder by Java's keytool. */
export async function makeKafkaCertificate(folder: string): Promise<KafkaCertificate> {
  const certificate = { keystore: join(folder, 'broker.p12'), keystorePassword: randomBytes(12).toString('hex'), caFile: join(folder, 'ca.pem') }
  const store = ['-keystore', certificate.keystore, '-storetype', 'PKCS12', '-storepass:env', 'KEYSTORE_PASSWORD', '-alias', 'broker']
  await keytool(['-genkeypair', ...store, '-keyalg', 'EC', '-groupname', 'secp256r1', '-validity', '2', '-dname', 'CN=localhost', '-ext', 'san=ip:127.0.0.1,dns:localhost', '-ext', 'bc:c'], certificate)
  await keytool(['-exportcert', ...store, '-rfc', '-file', certificate.caFile], certificate)
  return certificate
}

async function keytool(args: readonly string[], { keystorePassword }: KafkaCertificate): Promise<void> {
  const { code, output } = await runProgram(join(dirname(javaProgram()), 'keytool'), args, { env: { ...process.env, KEYSTORE_PASSWORD: keystorePassword } })
  if (code !== 0) throw new SetupError(`keytool could not make a certificate: ${output.trim()}`)
}
