import { dirname, join, resolve } from 'node:path'

/** Absolute path of the checkout. */
export const projectFolder = dirname(dirname(import.meta.dirname))

/** Absolute path of the data folder: `STORMDOOR_DATA`, else `.stormdoor` in the checkout. */
export function dataFolder(): string {
  return process.env.STORMDOOR_DATA ? resolve(process.env.STORMDOOR_DATA) : join(projectFolder, '.stormdoor')
}

/** Absolute path of the folder with fetched programs, shared by starts and test runs of this checkout. */
export function toolsFolder(): string {
  return process.env.STORMDOOR_TOOLS ? resolve(process.env.STORMDOOR_TOOLS) : join(projectFolder, '.stormdoor', 'tools')
}
