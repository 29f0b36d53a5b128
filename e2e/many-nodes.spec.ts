import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, Page } from '@playwright/test'
import { kafkaSupport } from '../bin/setup/kafka.ts'
import { startBrokers, type KafkaCluster } from '../bin/setup/kafka-cluster.ts'
import { readRunRecords } from '../bin/supervisor/run-record.ts'
import { processesOf, type NodeRole, type StackProcessName } from '../bin/supervisor/stack-processes.ts'
import { kafkaChoice } from '../bin/test/kafka-choice.ts'
import { type Portal, startPortal } from './support/portal.ts'
import { expect, expectOnceEverywhere, newMarker, reportCard, sendReport, signIn, test as base, visitReportPage } from './support/test.ts'

const NODES = 3
const SOON_MS = 40_000
const START_WITHIN_MS = 300_000

/** The process that works on a partition, as each says of itself. */
async function ownerOf({ stack }: Portal, role: NodeRole, group: string, partition: string): Promise<StackProcessName | null> {
  for (const name of processesOf(role, NODES)) {
    if (stack.pid(name) === null) continue
    const { owned } = (await (await fetch(`${stack.adminUrl(name)}/status`)).json()) as { owned: { group: string; partition: string }[] }
    if (owned.some((each) => each.group === group && each.partition === partition)) return name
  }
  return null
}

/** The desk as a process of its own gives it, past the door; a cookie knows no ports. */
function deskAt({ stack }: Portal, web: StackProcessName): string {
  const port = readRunRecords(stack.dataDir).find(({ name }) => name === web)?.port
  return `http://localhost:${port}/desk`
}

/** A report is sent while one node dies around it, with whatever works on reports; the desk of another node is watched. */
async function reportWhileNodeDies(portal: Portal, browser: Browser, desk: Page, alsoKill: () => Promise<void> = () => Promise.resolve()): Promise<void> {
  const { stack } = portal
  const phone = await browser.newPage()
  await visitReportPage(phone, portal.url)
  const owner = async (role: NodeRole, group: string) => {
    await expect.poll(() => ownerOf(portal, role, group, 'outages/0'), { timeout: SOON_MS }).not.toBeNull()
    return (await ownerOf(portal, role, group, 'outages/0'))!
  }
  const [projector, reactors] = [await owner('projector', 'projector'), await owner('reactors', 'reactors-matching')]
  const [doors, webs] = [processesOf('api', NODES), processesOf('web', NODES)]
  const index = processesOf('projector', NODES).indexOf(projector)
  // The web of one more node, so that a living door has to ask another's.
  const [survivor, ...dyingWebs] = webs.toSpliced(index, 1)
  const dying = new Set([doors[index]!, webs[index]!, ...dyingWebs, projector, reactors])
  await signIn(desk, portal)
  await desk.goto(deskAt(portal, survivor!))

  const marker = newMarker('node-dies')
  await Promise.all([sendReport(phone, marker), ...Array.from(dying, (name) => stack.kill(name)), alsoKill()])
  await expect(reportCard(phone, marker)).toContainText('Received — reference', { timeout: SOON_MS })
  await expect(desk.getByText(marker).first()).toBeVisible({ timeout: SOON_MS })
  await expectOnceEverywhere(portal, marker)

  for (const [role, group] of [['projector', 'projector'], ['reactors', 'reactors-matching']] as const) {
    await expect.poll(() => ownerOf(portal, role, group, 'outages/0'), { timeout: SOON_MS, message: `who has ${group}` }).not.toBeNull()
  }
  for (let visit = 0; visit < 10; visit++) {
    const seen = await desk.request.get(`${portal.url}/desk`, { headers: { connection: 'close' } })
    expect(seen.status(), 'through any living door').toBe(200)
  }
  await phone.close()
}

interface Grounds {
  threeNodes: Portal
  threeNodesOnKafka: { portal: Portal; brokers: KafkaCluster }
}

const test = base.extend<Grounds>({
  threeNodes: [
    async ({}, use) => {
      const portal = await startPortal({ nodes: NODES })
      await use(portal)
      await portal.stop()
    },
    { timeout: START_WITHIN_MS },
  ],
  threeNodesOnKafka: [
    async ({}, use) => {
      const folder = mkdtempSync(join(tmpdir(), 'stormdoor-e2e-kafka-'))
      const brokers = await startBrokers({ folder, count: 3 })
      try {
        const portal = await startPortal({ nodes: NODES, env: { EVENT_LOG_URL: brokers.url } })
        await use({ portal, brokers })
        await portal.stop()
      } finally {
        await brokers.stop()
        rmSync(folder, { recursive: true, force: true })
      }
    },
    { timeout: START_WITHIN_MS },
  ],
})

test.describe('three nodes @nodes', () => {
  test('a report that is sent while a node dies is received, stands once everywhere, and another node shows it live @full', async ({ page, browser, threeNodes }) => {
    await reportWhileNodeDies(threeNodes, browser, page)
  })
})

test.describe('three nodes with the log on Kafka @nodes @full', () => {
  const { kind, because } = kafkaChoice(kafkaSupport(), process.env)
  test.skip(kind === 'skip', because)

  test('the same, and a broker dies too', async ({ page, browser, threeNodesOnKafka: { portal, brokers } }) => {
    await reportWhileNodeDies(portal, browser, page, () => brokers.kill(0))
  })
})
