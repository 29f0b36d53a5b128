import { pino, type Logger } from 'pino'
import { currentTrace } from './trace-context.ts'

export type { Logger }

/** A structured logger (JSON lines on standard output) that adds the trace id; secrets and personal fields are cut out. */
export function createLogger(processName: string, level: string = process.env['LOG_LEVEL'] ?? 'info'): Logger {
  return pino({
    level,
    base: { process: processName, pid: process.pid },
    timestamp: pino.stdTimeFunctions.isoTime,
    mixin: () => {
      const trace = currentTrace()
      return trace ? { traceId: trace.traceId } : {}
    },
    redact: {
      paths: ['personal', '*.personal', 'req.headers.cookie', 'req.headers.authorization', 'req.headers["report-secret"]', 'password', '*.password'],
      censor: '[cut]',
    },
  })
}
