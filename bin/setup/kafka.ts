import { join } from 'node:path'
import { type JarSet, javaSurroundings, type JavaSurroundings, missingForJars, prepareJars } from './maven-jars.ts'
import { toolsFolder } from './project-folder.ts'

const KAFKA: JarSet = { title: 'Kafka', name: 'kafka' }

/** Null when real brokers can run here, else what is missing and how to get it. */
export function kafkaSupport(tools = toolsFolder()): string | null {
  return missingForKafka(javaSurroundings(KAFKA, tools))
}

export function missingForKafka(surroundings: JavaSurroundings): string | null {
  return missingForJars(KAFKA, surroundings)
}

/**
 * Fetches the brokers' jars that ops/kafka/pom.xml names, once.
 * @returns absolute folder of the jars
 * Throws SetupError when Java or Maven is missing or Maven could not fetch them.
 */
export async function prepareKafka({ tools = toolsFolder(), say = () => {} }: { tools?: string; say?: (detail: string) => void } = {}): Promise<string> {
  return join(await prepareJars(KAFKA, { tools, say }), 'libs')
}
