import { cpSync, globSync, mkdirSync, renameSync, rmSync } from 'node:fs'
import { basename, join } from 'node:path'
import { type JarSet, javaSurroundings, missingForJars, prepareJars } from './maven-jars.ts'
import { toolsFolder } from './project-folder.ts'

const JMETER: JarSet = { title: 'JMeter', name: 'jmeter' }

/** Null when JMeter can run here, else what is missing and how to get it. */
export function jmeterSupport(tools = toolsFolder()): string | null {
  return missingForJars(JMETER, javaSurroundings(JMETER, tools))
}

/**
 * Fetches Apache JMeter's jars, which ops/jmeter/pom.xml names, once, and lays them out as JMeter expects them.
 * @returns absolute path of ApacheJMeter.jar
 * Throws SetupError when Java or Maven is missing or Maven could not fetch them.
 */
export async function prepareJMeter({ tools = toolsFolder(), say = () => {} }: { tools?: string; say?: (detail: string) => void } = {}): Promise<string> {
  const folder = await prepareJars(JMETER, { tools, say, alsoUnpack: { artifact: 'ApacheJMeter_config', files: 'bin/**' }, arrange: layOut })
  return join(folder, 'home/bin/ApacheJMeter.jar')
}

/** The launcher beside its settings, JMeter's own parts in lib/ext, what they need in lib. */
function layOut(folder: string): void {
  const home = join(folder, 'home')
  rmSync(home, { recursive: true, force: true })
  mkdirSync(join(home, 'lib/ext'), { recursive: true })
  cpSync(join(folder, 'files/bin'), join(home, 'bin'), { recursive: true })
  for (const jar of globSync(join(folder, 'libs/*.jar'))) {
    const name = basename(jar)
    if (/^ApacheJMeter-\d/.test(name)) renameSync(jar, join(home, 'bin/ApacheJMeter.jar'))
    else renameSync(jar, join(home, name.startsWith('ApacheJMeter_') ? 'lib/ext' : 'lib', name))
  }
}
