import { mkdirSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** What a fetched browser needs beside itself to draw words. */
export const fontPackages = ['fonts-liberation', 'fonts-dejavu-core']

/** Writes a fontconfig file for fonts below `root` and of the system, with its own cache; returns the variable that names it. */
export function fontEnvironment(tools: string, root: string): { FONTCONFIG_FILE: string } {
  const cache = join(tools, 'font-cache')
  mkdirSync(cache, { recursive: true })
  const path = join(tools, 'fonts.conf')
  const folders = ['/usr/share/fonts', join(root, 'usr/share/fonts')].map((folder) => `  <dir>${folder}</dir>`)
  const families = [['sans-serif', 'Liberation Sans'], ['serif', 'Liberation Serif'], ['monospace', 'Liberation Mono']]
    .map(([family, preferred]) => `  <alias><family>${family}</family><prefer><family>${preferred}</family></prefer></alias>`)
  const half = `${path}.${process.pid}`
  writeFileSync(half, ['<?xml version="1.0"?>', '<!DOCTYPE fontconfig SYSTEM "fonts.dtd">', '<fontconfig>', ...folders, `  <cachedir>${cache}</cachedir>`, ...families, '</fontconfig>', ''].join('\n'))
  renameSync(half, path)
  return { FONTCONFIG_FILE: path }
}
