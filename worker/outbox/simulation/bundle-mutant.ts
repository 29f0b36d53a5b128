import { readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { build, type Plugin } from 'esbuild'
import type { OutboxCode } from './code-under-test.ts'
import type { Mutant } from './mutants.ts'

const WORKER = resolve(import.meta.dirname, '../..')

/** The outbox with a mutant's change in it, bundled from the sources as they are and loaded from memory. */
export async function bundleMutant(mutant: Mutant): Promise<OutboxCode> {
  const { outputFiles } = await build({
    entryPoints: [join(WORKER, 'outbox/simulation/code-under-test.ts')],
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'neutral',
    mainFields: ['module', 'main'],
    logLevel: 'silent',
    plugins: [patched(mutant)],
  })
  // A name of its own: a module is loaded once per address.
  const code = `${outputFiles[0]!.text}\n// ${mutant.name}`
  const { outboxCode } = (await import(/* @vite-ignore */ `data:text/javascript;base64,${Buffer.from(code).toString('base64')}`)) as { outboxCode: OutboxCode }
  return outboxCode
}

function patched({ name, file, find, replace }: Mutant): Plugin {
  const path = join(WORKER, file)
  return {
    name: 'mutant',
    setup(builder) {
      builder.onLoad({ filter: /\.ts$/ }, async (args) => {
        if (args.path !== path) return undefined
        const source = await readFile(path, 'utf8')
        const parts = source.split(find)
        if (parts.length !== 2) return { errors: [{ text: `The mutant "${name}" no longer applies: its text stands ${parts.length - 1} times in ${file}` }] }
        return { contents: parts.join(replace), loader: 'ts' }
      })
    },
  }
}
