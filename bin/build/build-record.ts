import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { projectFolder } from '../setup/project-folder.ts'

const deploymentIdLength = 16

export const buildFolder = join(projectFolder, '.build')
const recordPath = join(buildFolder, 'complete')

/** Fingerprint of the sources that the finished build was made of; null when there is none or one was interrupted. */
export function builtFingerprint(): string | null {
  try {
    return readFileSync(recordPath, 'utf8').trim() || null
  } catch {
    return null
  }
}

export function recordBuild(fingerprint: string): void {
  writeFileSync(recordPath, `${fingerprint}\n`, { flush: true })
}

export function forgetBuild(): void {
  rmSync(recordPath, { force: true })
}

/** `NEXT_DEPLOYMENT_ID` of a fingerprint: of the finished build when none is given; null without one. */
export function deploymentId(fingerprint = builtFingerprint()): string | null {
  return fingerprint?.slice(0, deploymentIdLength) ?? null
}
