import { readFileSync } from 'node:fs'

const SHAPE = /^kafka:\/\/(?<hosts>[^/?#]+)(?:\/(?<prefix>[^/?#]*))?(?:\?(?<query>[^#]*))?$/
const HOST = /^(?:\[(?<ip6>[0-9a-fA-F:]+)\]|(?<name>[A-Za-z0-9_.-]+)):(?<port>\d{1,5})$/
/** Kafka's own rule for topic names, short enough for the topic's name behind it. */
const PREFIX = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,99}$/
const PARAMETERS = ['partitions', 'replication', 'tls', 'sasl']
const MECHANISMS = { plain: 'PLAIN', 'scram-sha-256': 'SCRAM-SHA-256', 'scram-sha-512': 'SCRAM-SHA-512' } as const
const DEFAULT_PARTITIONS = 6

export interface KafkaSettings {
  /** At least one; the others of the cluster are learnt from them. */
  bootstrap: { host: string; port: number }[]
  /** Before the names of all topics and groups. */
  prefix: string
  /** Of topics that are made; an existing topic keeps its own. */
  partitions: number
  /** Of topics that are made; null: three, or as many as there are brokers. */
  replication: number | null
  /** PEM; null: no TLS. */
  tls: { ca?: Buffer; cert?: Buffer; key?: Buffer } | null
  sasl: { mechanism: (typeof MECHANISMS)[keyof typeof MECHANISMS]; username: string; password: string } | null
}

/**
 * `kafka://host:port,host:port[/prefix]?partitions=6&replication=3&tls=true&sasl=scram-sha-512`; credentials and files of
 * certificates from the environment: KAFKA_USERNAME, KAFKA_PASSWORD, KAFKA_CA_FILE, KAFKA_CERT_FILE, KAFKA_KEY_FILE.
 * Throws TypeError with a sentence that repeats no part of the URL: somebody may have put a password into it.
 */
export function readKafkaUrl(url: string, environment: Readonly<Record<string, string | undefined>>): KafkaSettings {
  const parts = SHAPE.exec(url)?.groups
  if (!parts) throw new TypeError('The event log on Kafka must be given as kafka://host:port,host:port[/prefix][?parameters]')
  if (parts['hosts']!.includes('@')) throw new TypeError('The URL of the event log must hold no credentials: set KAFKA_USERNAME and KAFKA_PASSWORD')
  const prefix = parts['prefix'] || 'stormdoor'
  if (!PREFIX.test(prefix)) throw new TypeError('The prefix in the URL of the event log must be letters, digits, ".", "_" and "-"')
  const parameters = parametersOf(parts['query'] ?? '')
  const tls = choice(parameters, 'tls', ['true', 'false']) === 'true'
  return {
    bootstrap: parts['hosts']!.split(',').map(brokerOf),
    prefix,
    partitions: count(parameters, 'partitions', 1_000) ?? DEFAULT_PARTITIONS,
    replication: count(parameters, 'replication', 9),
    tls: tls ? certificates(environment) : null,
    sasl: saslOf(choice(parameters, 'sasl', Object.keys(MECHANISMS)), environment),
  }
}

function brokerOf(text: string): { host: string; port: number } {
  const parts = HOST.exec(text)?.groups
  const port = Number(parts?.['port'])
  if (!parts || port < 1 || port > 65_535) throw new TypeError('Each broker of the event log must be given as host:port')
  return { host: (parts['ip6'] ?? parts['name'])!, port }
}

function parametersOf(query: string): Map<string, string> {
  const parameters = new Map<string, string>()
  for (const [name, value] of new URLSearchParams(query)) {
    if (!PARAMETERS.includes(name)) throw new TypeError(`The URL of the event log knows ${PARAMETERS.join(', ')}, and nothing else`)
    if (parameters.has(name)) throw new TypeError(`The URL of the event log has ${name} twice`)
    parameters.set(name, value)
  }
  return parameters
}

function count(parameters: Map<string, string>, name: string, most: number): number | null {
  const text = parameters.get(name)
  if (text === undefined) return null
  const number = Number(text)
  if (!/^\d+$/.test(text) || number < 1 || number > most) throw new TypeError(`${name} in the URL of the event log must be a number from 1 to ${most}`)
  return number
}

function choice(parameters: Map<string, string>, name: string, choices: readonly string[]): string | null {
  const text = parameters.get(name)?.toLowerCase() ?? null
  if (text !== null && !choices.includes(text)) throw new TypeError(`${name} in the URL of the event log must be one of ${choices.join(', ')}`)
  return text
}

function saslOf(name: string | null, environment: Readonly<Record<string, string | undefined>>): KafkaSettings['sasl'] {
  if (name === null) return null
  const { KAFKA_USERNAME: username, KAFKA_PASSWORD: password } = environment
  if (!username || !password) throw new TypeError('The URL of the event log asks for sasl: set KAFKA_USERNAME and KAFKA_PASSWORD')
  return { mechanism: MECHANISMS[name as keyof typeof MECHANISMS], username, password }
}

function certificates(environment: Readonly<Record<string, string | undefined>>): NonNullable<KafkaSettings['tls']> {
  const [ca, cert, key] = ['KAFKA_CA_FILE', 'KAFKA_CERT_FILE', 'KAFKA_KEY_FILE'].map((name) => fileOf(name, environment[name]))
  if (!cert !== !key) throw new TypeError('KAFKA_CERT_FILE and KAFKA_KEY_FILE belong together')
  return { ...(ca && { ca }), ...(cert && { cert }), ...(key && { key }) }
}

function fileOf(name: string, path: string | undefined): Buffer | null {
  if (!path) return null
  try {
    return readFileSync(path)
  } catch (error) {
    throw new TypeError(`${name} names a file that cannot be read: ${(error as NodeJS.ErrnoException).code}`, { cause: error })
  }
}
