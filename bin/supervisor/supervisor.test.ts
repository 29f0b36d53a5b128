import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { freePort, freePorts } from '../setup/free-port.ts'
import { logSettings } from '../command-line.ts'
import { temporaryFolder } from '../test-support/temporary-folder.ts'
import { fixtureSpec } from './fixtures/fixture-spec.ts'
import { isAlive, signalProcess, startTicksOf } from './process-identity.ts'
import { identityOf, readRunRecords, runningEventLogUrl, writeRunRecord } from './run-record.ts'
import { restartDelayMs } from './supervised-process.ts'
import { Supervisor } from './supervisor.ts'

const readyWithinMs = 30_000

async function open(dataDir: string, restart = false, onRestart?: () => void): Promise<Supervisor> {
  const supervisor = await Supervisor.open({ dataDir, url: 'http://localhost:1', restart, random: () => 0.1, onRestart })
  onTestFinished(() => supervisor.stopNow())
  return supervisor
}

function recordOf(dataDir: string, name: string) {
  return readRunRecords(dataDir).find((record) => record.name === name)
}

describe('one supervised process @supervisor', () => {
  test('runs, is recorded, writes its log, and stops when asked', async () => {
    const dataDir = temporaryFolder()
    const supervisor = await open(dataDir)
    const port = await freePort()
    await supervisor.start([fixtureSpec('lamp', port)], readyWithinMs)
    const pid = supervisor.get('lamp').pid
    expect(recordOf(dataDir, 'lamp')).toMatchObject({ pid, port, restarts: 0 })
    await supervisor.stop()
    expect(supervisor.get('lamp').pid).toBeNull()
    expect(recordOf(dataDir, 'lamp')).toBeUndefined()
    expect(readFileSync(join(dataDir, 'logs/lamp.log'), 'utf8')).toContain(`listening, pid ${pid}\nasked to end`)
  })

  test('is stopped together with its neighbors of one stage, after those that began later @nodes', async () => {
    const supervisor = await open(temporaryFolder())
    const ports = await freePorts(4)
    const stages = [undefined, undefined, 'lamp', 'lamp']
    await supervisor.start(stages.map((stage, index) => ({ ...fixtureSpec(`part-${index}`, ports[index]!), stage })), readyWithinMs)
    const stopped: (readonly string[])[] = []
    await supervisor.stop((names) => stopped.push(names))
    expect(stopped).toEqual([['part-2', 'part-3'], ['part-1'], ['part-0']])
    expect(supervisor.names.map((name) => supervisor.get(name).pid)).toEqual([null, null, null, null])
  })

  test('stays dead when killed on purpose, until it is started again at the same port', async () => {
    const dataDir = temporaryFolder()
    const onRestart = vi.fn()
    const supervisor = await open(dataDir, false, onRestart)
    const port = await freePort()
    await supervisor.start([fixtureSpec('lamp', port)], readyWithinMs)
    const lamp = supervisor.get('lamp')
    const before = lamp.pid
    await lamp.kill('SIGKILL')
    expect(lamp.pid).toBeNull()
    await vi.waitFor(() => expect(recordOf(dataDir, 'lamp')).toBeUndefined(), { timeout: readyWithinMs })
    expect(onRestart).not.toHaveBeenCalled()
    await expect(fetch(`http://127.0.0.1:${port}/`)).rejects.toThrow()
    lamp.launch()
    await lamp.waitUntilReady(readyWithinMs)
    expect(lamp.pid).not.toBe(before)
    expect(await (await fetch(`http://127.0.0.1:${port}/`)).text()).toBe(`pid ${lamp.pid}\n`)
  })

  test('comes back by itself where dead processes are started again, and counts it', async () => {
    const dataDir = temporaryFolder()
    const supervisor = await open(dataDir, true)
    await supervisor.start([fixtureSpec('lamp', await freePort())], readyWithinMs)
    const lamp = supervisor.get('lamp')
    await lamp.kill('SIGKILL')
    await vi.waitFor(() => expect(recordOf(dataDir, 'lamp')?.restarts).toBe(1), { timeout: readyWithinMs })
    await lamp.waitUntilReady(readyWithinMs)
  })

  test('that does not obey is killed', async () => {
    const supervisor = await open(temporaryFolder())
    await supervisor.start([fixtureSpec('lamp', await freePort(), { IGNORE_TERM: '1' })], readyWithinMs)
    await supervisor.get('lamp').stop(300)
    expect(supervisor.get('lamp').pid).toBeNull()
  })

  test('that ends while it is waited for is said to have ended, with its log', async () => {
    const supervisor = await open(temporaryFolder())
    const spec = { ...fixtureSpec('lamp', await freePort(), { CRASH_AFTER_MS: '1' }), ready: () => Promise.reject(new Error('not yet')) }
    await expect(supervisor.start([spec], readyWithinMs)).rejects.toThrow(/lamp ended \(exit code 3\).*lamp\.log/)
  })
})

describe('one data folder @supervisor', () => {
  test('has one supervisor: the second is told the pid and the address', async () => {
    const dataDir = temporaryFolder()
    await open(dataDir)
    await expect(Supervisor.open({ dataDir, url: 'http://localhost:2', restart: false })).rejects.toThrow(new RegExp(`already runs.*pid ${process.pid}\\), at http://localhost:1`))
  })

  test('tells the commands beside it which log it uses, for as long as it runs', async () => {
    const dataDir = temporaryFolder()
    const eventLogUrl = 'kafka://127.0.0.1:9092/storm'
    expect(runningEventLogUrl(dataDir)).toBeNull()
    const supervisor = await Supervisor.open({ dataDir, url: 'http://localhost:1', restart: false, eventLogUrl })
    expect(runningEventLogUrl(dataDir)).toBe(eventLogUrl)
    vi.stubEnv('STORMDOOR_DATA', dataDir)
    vi.stubEnv('EVENT_LOG_URL', '')
    onTestFinished(() => void vi.unstubAllEnvs())
    expect(logSettings().eventLogUrl).toBe(eventLogUrl)
    await supervisor.stop()
    expect(logSettings().eventLogUrl).toBe(`sqlite:${dataDir}/event-log.sqlite`)

    const gone = { name: 'supervisor', pid: process.pid, startTicks: 'earlier', port: null, adminPort: null, startedAt: '', restarts: 0, stopSignal: 'SIGTERM' as const }
    writeRunRecord(dataDir, { ...gone, eventLogUrl })
    expect(runningEventLogUrl(dataDir), 'of a killed one').toBeNull()
  })

  test('what a killed supervisor left is ended, and the port is free again', async () => {
    const dataDir = temporaryFolder()
    const port = await freePort()
    const killed = spawn(process.execPath, [join(import.meta.dirname, 'fixtures/supervise.ts'), dataDir, String(port)], { stdio: ['ignore', 'pipe', 'inherit'] })
    await once(killed.stdout, 'data')
    killed.kill('SIGKILL')
    await once(killed, 'exit')
    const orphan = identityOf(recordOf(dataDir, 'lamp')!)
    onTestFinished(() => void signalProcess(orphan, 'SIGKILL'))
    expect(isAlive(orphan)).toBe(true)
    const supervisor = await open(dataDir)
    expect(isAlive(orphan)).toBe(false)
    await supervisor.start([fixtureSpec('lamp', port)], readyWithinMs)
  })

  test('a record whose pid now belongs to another process does not harm that process', async () => {
    const dataDir = temporaryFolder()
    const bystander = spawn('sleep', ['60'])
    onTestFinished(() => void bystander.kill('SIGKILL'))
    const startTicks = startTicksOf(bystander.pid!)
    writeRunRecord(dataDir, { name: 'lamp', pid: bystander.pid!, startTicks: 'earlier', port: null, adminPort: null, startedAt: '', restarts: 0, stopSignal: 'SIGTERM' })
    await open(dataDir)
    expect(startTicksOf(bystander.pid!)).toBe(startTicks)
    expect(bystander.exitCode ?? bystander.signalCode).toBeNull()
  })
})

test('the pause before a restart grows, has full jitter and a bound @supervisor', () => {
  expect(restartDelayMs(1, () => 0.999)).toBeLessThan(400)
  expect(restartDelayMs(4, () => 0.5)).toBe(1600)
  expect(restartDelayMs(1000, () => 0.999)).toBeLessThan(10_000)
  expect(restartDelayMs(1000, () => 0)).toBe(0)
})
