import { generateKeyPairSync } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { projectFolder } from '../setup/project-folder.ts'
import { runProgram } from '../setup/run-program.ts'
import { temporaryFolder } from '../test-support/temporary-folder.ts'
import { auditOutcome } from './audit-packages.ts'
import { secretScan } from './test-steps.ts'

// In pieces, or the scan would find them here.
const PLANTED = {
  '.env': ['TOKEN=ghp', '_Zk3vQ9xLr7TnB2mWc8HdYs5JfPa1GuEo4XiK'],
  'settings/stores.ts': ['export const url = "postgresql://', 'portal:Zx81kdjf82kq@', 'stores.example.net:5432/portal"'],
  'keys/of-the-door.pem': [generateKeyPairSync('rsa', { modulusLength: 2_048 }).privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()],
}
const HARMLESS = { 'notes.md': ['A password is never kept in clear.'], 'nowhere.test.ts': ['const NOWHERE = "postgresql://', 'nobody:none@', '127.0.0.1:1/none"'] }

test('a secret that is planted in any file fails the scan, and is named without being shown', async () => {
  const folder = planted({ ...PLANTED, ...HARMLESS })
  const { code, output } = await scan(folder)
  expect(code, output).toBe(1)
  for (const path of Object.keys(PLANTED)) expect(output).toContain(path)
  for (const path of Object.keys(HARMLESS)) expect(output).not.toContain(path)
  expect(output).not.toMatch(/Zk3vQ9xLr7|Zx81kdjf82kq|BEGIN PRIVATE/)
})

test('known faults of packages fail; a registry that cannot say leaves the step out, and is told of', () => {
  const said = (code: number, report: unknown) => auditOutcome({ code, stdout: typeof report === 'string' ? report : JSON.stringify(report), output: '' })
  expect(said(0, { auditReportVersion: 2, vulnerabilities: {} })).toMatchObject({ passed: 1, failed: 0 })
  expect(said(1, { auditReportVersion: 2, vulnerabilities: { one: { severity: 'low' } } })).toMatchObject({ passed: 0, failed: 1, output: expect.stringContaining('one') })
  expect(said(1, { auditReportVersion: 2, vulnerabilities: {} })).toMatchObject({ failed: 1 })
  for (const silent of ['', 'npm error', { message: '405 Method Not Allowed', statusCode: 405 }]) {
    expect(said(1, silent)).toMatchObject({ passed: 0, failed: 0, skipped: 1, skippedBecause: expect.stringContaining('does not say') })
  }
})

function planted(files: Record<string, string[]>): string {
  const folder = temporaryFolder()
  for (const [path, pieces] of Object.entries(files)) {
    mkdirSync(join(folder, path, '..'), { recursive: true })
    writeFileSync(join(folder, path), pieces.join(''))
  }
  return folder
}

function scan(folder: string) {
  const [name, ...args] = secretScan
  const rules = join(projectFolder, '.secretlintrc.json')
  return runProgram(join(projectFolder, 'node_modules/.bin', name), ['--secretlintrc', rules, ...args], { cwd: folder })
}
