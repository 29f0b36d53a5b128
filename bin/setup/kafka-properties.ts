import { join } from 'node:path'
import type { KafkaCertificate } from './kafka-certificate.ts'

export interface BrokerPlace {
  /** From 0; its node id is one more. */
  index: number
  /** Absolute folder of its data. */
  dataFolder: string
  clientPort: number
  controllerPort: number
  /** Where brokers talk among themselves when clients have to sign in; unused otherwise. */
  innerPort: number
}

/** All brokers are controllers, too. */
const smallAndQuick = {
  'auto.create.topics.enable': false,
  'unclean.leader.election.enable': false,
  // Small: several brokers and everything else share a few cores.
  'num.network.threads': 2,
  'num.io.threads': 4,
  'background.threads': 2,
  'log.cleaner.dedupe.buffer.size': 4 * 1024 * 1024,
  'log.index.size.max.bytes': 1024 * 1024,
  'offsets.topic.num.partitions': 3,
  'transaction.state.log.num.partitions': 3,
  'share.coordinator.state.topic.num.partitions': 3,
  // Quick: a dead broker is replaced in seconds.
  'broker.heartbeat.interval.ms': 500,
  'broker.session.timeout.ms': 3000,
  'controller.quorum.election.timeout.ms': 500,
  'controller.quorum.election.backoff.max.ms': 500,
  'controller.quorum.fetch.timeout.ms': 1000,
  'controller.quorum.request.timeout.ms': 1000,
  // Else a broker goes on asking a suspended controller for 30 s, while another one was elected.
  'controller.socket.timeout.ms': 2000,
  'replica.lag.time.max.ms': 3000,
  'replica.fetch.wait.max.ms': 200,
  'request.timeout.ms': 5000,
  // All are asked to end at once: the last ones would wait minutes for a controller to take over from them.
  'controlled.shutdown.enable': false,
  'group.initial.rebalance.delay.ms': 0,
  'group.min.session.timeout.ms': 1000,
  'group.consumer.min.session.timeout.ms': 1000,
  'group.consumer.session.timeout.ms': 3000,
  'group.consumer.min.heartbeat.interval.ms': 200,
  'group.consumer.heartbeat.interval.ms': 1000,
}

/** The text of one broker's properties file. `extra` wins over everything. */
export function brokerProperties(place: BrokerPlace, all: readonly BrokerPlace[], certificate: KafkaCertificate | null, extra: Readonly<Record<string, string>>): string {
  const copies = Math.min(3, all.length)
  const inSync = Math.min(2, copies)
  const properties: Record<string, string | number | boolean> = {
    'node.id': place.index + 1,
    'process.roles': 'broker,controller',
    'controller.quorum.voters': all.map((one) => `${one.index + 1}@127.0.0.1:${one.controllerPort}`).join(','),
    'controller.listener.names': 'CONTROLLER',
    'log.dirs': place.dataFolder,
    ...smallAndQuick,
    'default.replication.factor': copies,
    'min.insync.replicas': inSync,
    'offsets.topic.replication.factor': copies,
    'transaction.state.log.replication.factor': copies,
    'transaction.state.log.min.isr': inSync,
    'share.coordinator.state.topic.replication.factor': copies,
    'share.coordinator.state.topic.min.isr': inSync,
    ...(certificate ? signedIn(place, certificate) : open(place)),
    ...extra,
  }
  return `${Object.entries(properties).map(([name, value]) => `${name}=${value}`).join('\n')}\n`
}

function open(place: BrokerPlace): Record<string, string> {
  return {
    listeners: `CLIENT://127.0.0.1:${place.clientPort},CONTROLLER://127.0.0.1:${place.controllerPort}`,
    'advertised.listeners': `CLIENT://127.0.0.1:${place.clientPort}`,
    'listener.security.protocol.map': 'CLIENT:PLAINTEXT,CONTROLLER:PLAINTEXT',
    'inter.broker.listener.name': 'CLIENT',
  }
}

function signedIn(place: BrokerPlace, certificate: KafkaCertificate): Record<string, string> {
  return {
    listeners: `CLIENT://127.0.0.1:${place.clientPort},INNER://127.0.0.1:${place.innerPort},CONTROLLER://127.0.0.1:${place.controllerPort}`,
    'advertised.listeners': `CLIENT://127.0.0.1:${place.clientPort},INNER://127.0.0.1:${place.innerPort}`,
    'listener.security.protocol.map': 'CLIENT:SASL_SSL,INNER:PLAINTEXT,CONTROLLER:PLAINTEXT',
    'inter.broker.listener.name': 'INNER',
    'sasl.enabled.mechanisms': 'SCRAM-SHA-512',
    'listener.name.client.scram-sha-512.sasl.jaas.config': 'org.apache.kafka.common.security.scram.ScramLoginModule required;',
    'ssl.keystore.type': 'PKCS12',
    'ssl.keystore.location': certificate.keystore,
    'ssl.keystore.password': certificate.keystorePassword,
  }
}

export function propertiesPath(folder: string, index: number): string {
  return join(folder, `broker-${index + 1}.properties`)
}
