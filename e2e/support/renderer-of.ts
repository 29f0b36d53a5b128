import type { Browser, Page } from '@playwright/test'

const BUSY_MS = 400

/**
 * The pid of the process that runs a page, found by the time that it burns: the protocol names processes, and pages, but
 * not which is whose. On a busy machine another one may burn more for once, so two rounds have to agree.
 */
export async function rendererOf(browser: Browser, page: Page): Promise<number> {
  const session = await browser.newBrowserCDPSession()
  const burnt = async () => {
    const { processInfo } = await session.send('SystemInfo.getProcessInfo')
    return processInfo.filter(({ type }) => type === 'renderer')
  }
  const busiest = async () => {
    const before = new Map((await burnt()).map(({ id, cpuTime }) => [id, cpuTime]))
    await page.evaluate((busyMs) => {
      const endMs = performance.now() + busyMs
      while (performance.now() < endMs);
    }, BUSY_MS)
    const spent = (await burnt()).map(({ id, cpuTime }) => ({ id, seconds: cpuTime - (before.get(id) ?? 0) }))
    return spent.reduce((most, one) => (one.seconds > most.seconds ? one : most)).id
  }
  let last = await busiest()
  for (;;) {
    const next = await busiest()
    if (next === last) break
    last = next
  }
  await session.detach()
  return last
}
