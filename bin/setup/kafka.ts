import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { accessSync, constants, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { userInfo } from 'node:os'
import { join } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import { findProgram } from './find-program.ts'
import { withFolderLock } from './folder-lock.ts'
import { projectFolder, toolsFolder } from './project-folder.ts'
import { runProgram } from './run-program.ts'
import { SetupError } from './setup-error.ts'

const oldestJava = 17
const shownOutputLines = 2
const pom = join(projectFolder, 'ops/kafka/pom.xml')

export interface KafkaSurroundings {
  /** Major version of the installed Java, null without one. */
  java: number | null
  maven: boolean
  /** Whether the brokers' jars have been fetched before. */
  jars: boolean
}

/** Null when real brokers can run here, else what is missing and how to get it. */
export function kafkaSupport(tools = toolsFolder()): string | null {
  return missingForKafka({ java: javaVersion(), maven: findProgram('mvn') !== null, jars: hasJars(tools) })
}

/** Maven fetches the jars and is not needed again; Java runs the brokers. */
export function missingForKafka({ java, maven, jars }: KafkaSurroundings): string | null {
  if (java === null) return `Java ${oldestJava} is not installed (Debian: sudo apt-get install openjdk-17-jre-headless maven)`
  if (java < oldestJava) return `Java is ${java}, and Kafka needs ${oldestJava} or newer (Debian: sudo apt-get install openjdk-17-jre-headless)`
  if (!maven && !jars) return 'Maven, which fetches Kafka, is not installed (Debian: sudo apt-get install maven)'
  return null
}

/**
 * Fetches the brokers' jars that ops/kafka/pom.xml names, once, by Maven and from wherever the user's own Maven settings say.
 * @returns absolute folder of the jars
 * Throws SetupError when Java or Maven is missing or Maven could not fetch them.
 */
export async function prepareKafka({ tools = toolsFolder(), say = () => {} }: { tools?: string; say?: (detail: string) => void } = {}): Promise<string> {
  const missing = kafkaSupport(tools)
  if (missing) throw new SetupError(`Kafka brokers need Java ${oldestJava} and Maven: ${missing}.`)
  const folder = kafkaFolder(tools)
  if (!hasJars(tools)) {
    await withFolderLock(folder, 'fetching Kafka', async () => {
      if (!hasJars(tools)) await fetchJars(folder, say)
    })
  }
  return join(folder, 'libs')
}

/** Absolute path of the Java that runs brokers; throws SetupError when there is none. */
export function javaProgram(): string {
  const java = findJava()
  if (!java) throw new SetupError(`Kafka brokers need Java ${oldestJava}.`)
  return java
}

async function fetchJars(folder: string, say: (detail: string) => void): Promise<void> {
  const arriving = join(folder, 'libs.arriving')
  rmSync(arriving, { recursive: true, force: true })
  mkdirSync(arriving, { recursive: true })
  say('downloading the jars with Maven')
  const { code, output } = await runProgram('mvn', ['--batch-mode', '--quiet', '-Dstyle.color=never', '--file', pom, ...repository(folder), 'org.apache.maven.plugins:maven-dependency-plugin:copy-dependencies', `-DoutputDirectory=${arriving}`, '-DincludeScope=runtime'], { cwd: folder })
  if (code !== 0) {
    const lines = stripVTControlCharacters(output).split('\n').filter((line) => /\S/.test(line.replace('[ERROR]', ''))).slice(0, shownOutputLines)
    throw new SetupError(`Maven could not fetch Kafka:\n${lines.map((line) => `  ${line}`).join('\n')}\nCheck that Maven Central, or the mirror in your Maven settings, can be reached, and run this again.`)
  }
  rmSync(join(folder, 'libs'), { recursive: true, force: true })
  renameSync(arriving, join(folder, 'libs'))
  writeFileSync(join(folder, 'complete'), pomHash())
}

/** An account without a home that it may write to (a service's) gets its own Maven repository. */
function repository(folder: string): string[] {
  try {
    accessSync(userInfo().homedir, constants.W_OK)
    return []
  } catch {
    return [`-Dmaven.repo.local=${join(folder, 'repository')}`]
  }
}

function kafkaFolder(tools: string): string {
  const version = /<kafka\.version>(.+)<\/kafka\.version>/.exec(readFileSync(pom, 'utf8'))?.[1] ?? ''
  return join(tools, `kafka-${version}`)
}

function hasJars(tools: string): boolean {
  const complete = join(kafkaFolder(tools), 'complete')
  return existsSync(complete) && readFileSync(complete, 'utf8') === pomHash()
}

function pomHash(): string {
  return createHash('sha256').update(readFileSync(pom)).digest('hex')
}

function findJava(): string | null {
  const home = process.env.JAVA_HOME
  return home && existsSync(join(home, 'bin/java')) ? join(home, 'bin/java') : findProgram('java')
}

function javaVersion(): number | null {
  const java = findJava()
  if (!java) return null
  const { stderr } = spawnSync(java, ['-version'], { encoding: 'utf8' })
  // Until Java 8 the version began with "1.".
  const major = /version "(?:1\.)?(\d+)/.exec(stderr ?? '')?.[1]
  return major ? Number(major) : null
}
