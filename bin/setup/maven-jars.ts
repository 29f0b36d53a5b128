import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { accessSync, constants, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { userInfo } from 'node:os'
import { join } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import { findProgram } from './find-program.ts'
import { withFolderLock } from './folder-lock.ts'
import { projectFolder } from './project-folder.ts'
import { runProgram } from './run-program.ts'
import { SetupError } from './setup-error.ts'

const oldestJava = 17
const shownOutputLines = 2
const plugin = 'org.apache.maven.plugins:maven-dependency-plugin'

/** A Java program whose jars are named by a pom of ops/, and which says `<NAME.version>` there. */
export interface JarSet {
  /** As people call it. */
  title: string
  /** Of its folder under ops/ and under the tools. */
  name: string
}

export interface JavaSurroundings {
  /** Major version of the installed Java, null without one. */
  java: number | null
  maven: boolean
  /** Whether the jars have been fetched before. */
  jars: boolean
}

/** What is installed here. */
export function javaSurroundings(set: JarSet, tools: string): JavaSurroundings {
  return { java: javaVersion(), maven: findProgram('mvn') !== null, jars: hasJars(set, tools) }
}

/** Null when it can run, else what is missing and how to get it. Maven fetches the jars and is not needed again. */
export function missingForJars({ title }: JarSet, { java, maven, jars }: JavaSurroundings): string | null {
  if (java === null) return `Java ${oldestJava} is not installed (Debian: sudo apt-get install openjdk-17-jre-headless maven)`
  if (java < oldestJava) return `Java is ${java}, and ${title} needs ${oldestJava} or newer (Debian: sudo apt-get install openjdk-17-jre-headless)`
  if (!maven && !jars) return `Maven, which fetches ${title}, is not installed (Debian: sudo apt-get install maven)`
  return null
}

/**
 * Fetches the jars that the pom names, once, by Maven and from wherever the user's own Maven settings say.
 * @param options.alsoUnpack what of which artifact is unpacked beside the jars, in `files`
 * @param options.arrange puts into order what was fetched into the folder
 * @returns absolute folder, with the jars in `libs`
 * Throws SetupError when Java or Maven is missing or Maven could not fetch them.
 */
export async function prepareJars(set: JarSet, options: { tools: string; say: (detail: string) => void; alsoUnpack?: { artifact: string; files: string }; arrange?: (folder: string) => void }): Promise<string> {
  const { tools, say, alsoUnpack, arrange } = options
  const missing = missingForJars(set, javaSurroundings(set, tools))
  if (missing) throw new SetupError(`${set.title} needs Java ${oldestJava} and Maven: ${missing}.`)
  const folder = folderOf(set, tools)
  if (hasJars(set, tools)) return folder
  await withFolderLock(folder, `fetching ${set.title}`, async () => {
    if (hasJars(set, tools)) return
    say('downloading the jars with Maven')
    await fetchTo(join(folder, 'libs'), (arriving) => maven(set, folder, [`${plugin}:copy-dependencies`, `-DoutputDirectory=${arriving}`, '-DincludeScope=runtime']))
    if (alsoUnpack) {
      const { artifact, files } = alsoUnpack
      await fetchTo(join(folder, 'files'), (arriving) => maven(set, folder, [`${plugin}:unpack-dependencies`, `-DoutputDirectory=${arriving}`, `-DincludeArtifactIds=${artifact}`, `-Dmdep.unpack.includes=${files}`, '-DoverWriteReleases=true']))
    }
    arrange?.(folder)
    writeFileSync(join(folder, 'complete'), pomHash(set))
  })
  return folder
}

/** Absolute path of Java, null when there is none. */
function findJava(): string | null {
  const home = process.env.JAVA_HOME
  return home && existsSync(join(home, 'bin/java')) ? join(home, 'bin/java') : findProgram('java')
}

/** Absolute path of Java; throws SetupError when there is none. */
export function javaProgram(): string {
  const java = findJava()
  if (!java) throw new SetupError(`Java ${oldestJava} is not installed.`)
  return java
}

async function fetchTo(folder: string, fetch: (arriving: string) => Promise<void>): Promise<void> {
  const arriving = `${folder}.arriving`
  rmSync(arriving, { recursive: true, force: true })
  mkdirSync(arriving, { recursive: true })
  await fetch(arriving)
  rmSync(folder, { recursive: true, force: true })
  renameSync(arriving, folder)
}

async function maven(set: JarSet, folder: string, goal: readonly string[]): Promise<void> {
  const { code, output } = await runProgram('mvn', ['--batch-mode', '--quiet', '-Dstyle.color=never', '--file', pomOf(set), ...repository(folder), ...goal], { cwd: folder })
  if (code === 0) return
  const lines = stripVTControlCharacters(output).split('\n').filter((line) => /\S/.test(line.replace('[ERROR]', ''))).slice(0, shownOutputLines)
  throw new SetupError(`Maven could not fetch ${set.title}:\n${lines.map((line) => `  ${line}`).join('\n')}\nCheck that Maven Central, or the mirror in your Maven settings, can be reached, and run this again.`)
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

function pomOf({ name }: JarSet): string {
  return join(projectFolder, 'ops', name, 'pom.xml')
}

function folderOf(set: JarSet, tools: string): string {
  const version = new RegExp(`<${set.name}\\.version>(.+)</${set.name}\\.version>`).exec(readFileSync(pomOf(set), 'utf8'))?.[1] ?? ''
  return join(tools, `${set.name}-${version}`)
}

function hasJars(set: JarSet, tools: string): boolean {
  const complete = join(folderOf(set, tools), 'complete')
  return existsSync(complete) && readFileSync(complete, 'utf8') === pomHash(set)
}

function pomHash(set: JarSet): string {
  return createHash('sha256').update(readFileSync(pomOf(set))).digest('hex')
}

function javaVersion(): number | null {
  const java = findJava()
  if (!java) return null
  const { stderr } = spawnSync(java, ['-version'], { encoding: 'utf8' })
  // Until Java 8 the version began with "1.".
  const major = /version "(?:1\.)?(\d+)/.exec(stderr ?? '')?.[1]
  return major ? Number(major) : null
}
