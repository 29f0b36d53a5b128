import { setTimeout as delay } from 'node:timers/promises'
import { z } from 'zod'
import { ONE_THING_MS } from './phone.ts'

const LOOK_EVERY_MS = 100
/** The driver itself gives up a page or a script after `ONE_THING_MS`. */
const ANSWER_MS = 2 * ONE_THING_MS
/** The name under which the protocol wraps an element: https://www.w3.org/TR/webdriver2/#elements */
const ELEMENT = 'element-6066-11e4-a52e-4f735466cecf'

const newSession = z.object({ sessionId: z.string(), capabilities: z.object({ browserVersion: z.string() }) })
const element = z.object({ [ELEMENT]: z.string() })

/** Not there yet, or something lies over it: worth another look. */
const PASSING = new Set(['no such element', 'element not interactable', 'element click intercepted', 'stale element reference'])

/** What these journeys need of https://www.w3.org/TR/webdriver2/, over HTTP as it is. */
export class WebDriverSession {
  readonly #url: string
  readonly browserVersion: string

  private constructor(url: string, browserVersion: string) {
    this.#url = url
    this.browserVersion = browserVersion
  }

  /** @param driverUrl without a slash at its end */
  static async start(driverUrl: string, capabilities: Record<string, unknown>): Promise<WebDriverSession> {
    const answer = await post(`${driverUrl}/session`, { capabilities: { alwaysMatch: { ...capabilities, timeouts: { pageLoad: ONE_THING_MS, script: ONE_THING_MS } } } })
    const { sessionId, capabilities: agreed } = newSession.parse(answer)
    return new WebDriverSession(`${driverUrl}/session/${sessionId}`, agreed.browserVersion)
  }

  async navigate(url: string): Promise<void> {
    await this.#post('/url', { url })
  }

  async refresh(): Promise<void> {
    await this.#post('/refresh', {})
  }

  /** @param body of an async function; what it returns must be JSON */
  async execute(body: string): Promise<unknown> {
    const script = `const done = arguments[arguments.length - 1]; (async () => { ${body} })().then((value) => done({ value }), (error) => done({ error: String(error) }))`
    const { value, error } = z.object({ value: z.unknown(), error: z.string().optional() }).parse(await this.#post('/execute/async', { script, args: [] }))
    if (error !== undefined) throw new Error(`In the page: ${error}`)
    return value
  }

  /** Waits until there is such an element that can be clicked, up to a minute. */
  async click(xpath: string): Promise<void> {
    const deadline = Date.now() + ONE_THING_MS
    for (;;) {
      try {
        const found = element.parse(await this.#post('/element', { using: 'xpath', value: xpath }))
        // Left to itself the driver may not scroll far enough, and then finds no point of it to click.
        await this.#post('/execute/sync', { script: "arguments[0].scrollIntoView({ block: 'center', behavior: 'instant' })", args: [found] })
        await this.#post(`/element/${found[ELEMENT]}/click`, {})
        return
      } catch (error) {
        if (!(error instanceof WebDriverError) || !PASSING.has(error.code) || Date.now() > deadline) throw error
        await delay(LOOK_EVERY_MS)
      }
    }
  }

  async typeIntoFocused(text: string): Promise<void> {
    const focused = element.parse(await get(`${this.#url}/element/active`))
    await this.#post(`/element/${focused[ELEMENT]}/value`, { text })
  }

  #post(path: string, body: Record<string, unknown>): Promise<unknown> {
    return post(`${this.#url}${path}`, body)
  }
}

class WebDriverError extends Error {
  override name = 'WebDriverError'
  readonly code: string

  constructor(code: string, message: string) {
    super(`${code}: ${message}`)
    this.code = code
  }
}

async function get(url: string): Promise<unknown> {
  return valueOf(await fetch(url, { signal: AbortSignal.timeout(ANSWER_MS) }))
}

async function post(url: string, body: Record<string, unknown>): Promise<unknown> {
  return valueOf(await fetch(url, { method: 'POST', body: JSON.stringify(body), signal: AbortSignal.timeout(ANSWER_MS) }))
}

async function valueOf(response: Response): Promise<unknown> {
  const { value } = (await response.json()) as { value: unknown }
  if (response.ok) return value
  const { error, message } = value as { error: string; message: string }
  throw new WebDriverError(error, message)
}
