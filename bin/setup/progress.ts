const firstWordAfterMs = 2000
const terminalEveryMs = 500
const plainEveryMs = 5000

/** What is under way: a terminal has one line for all of it. */
const underWay = new Set<() => string>()

/**
 * Runs one step of a longer job under a calm display: a line that grows on a terminal, plain lines elsewhere.
 * What is done within two seconds costs one line; steps that run side by side share the line that grows.
 */
export async function showProgress<T>(what: string, work: (say: (detail: string) => void) => Promise<T>): Promise<T> {
  const terminal = process.stdout.isTTY
  const startedAt = performance.now()
  let detail = ''
  const seconds = () => `${((performance.now() - startedAt) / 1000).toFixed(1)} s`
  const line = () => `… ${what}${detail ? `: ${detail}` : ''} (${seconds()})`
  const show = () => print(`  ${terminal ? Array.from(underWay, (each) => each()).join('  ') : line()}`, terminal)
  underWay.add(line)
  let ticker: NodeJS.Timeout | undefined
  const first = setTimeout(() => {
    show()
    ticker = setInterval(show, terminal ? terminalEveryMs : plainEveryMs)
  }, terminal ? 0 : firstWordAfterMs)
  try {
    const result = await work((next) => (detail = next))
    finish(`  ✓ ${what} (${seconds()})`, terminal)
    return result
  } catch (error) {
    finish(`  ✗ ${what} (${seconds()})`, terminal)
    throw error
  } finally {
    underWay.delete(line)
    clearTimeout(first)
    clearInterval(ticker)
  }
}

function print(line: string, terminal: boolean): void {
  process.stdout.write(terminal ? `\r\u001b[2K${line.slice(0, (process.stdout.columns || 80) - 1)}` : `${line}\n`)
}

function finish(line: string, terminal: boolean): void {
  process.stdout.write(terminal ? `\r\u001b[2K${line}\n` : `${line}\n`)
}
