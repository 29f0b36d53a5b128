import type { ImportProgress } from '../server/accounts/import/import-customers.ts'

const EVERY_MS = 1_000

/** Prints progress and rate on standard error: one line that moves on a terminal, else a line per second. */
export function importProgress(output: NodeJS.WriteStream): { report: (progress: ImportProgress) => void; end: () => void } {
  let phase: ImportProgress['phase'] | undefined
  let startedMs = 0
  let shownMs = 0
  let open = false
  return {
    report(progress) {
      const nowMs = performance.now()
      if (progress.phase !== phase) {
        phase = progress.phase
        startedMs = nowMs
        shownMs = nowMs
      }
      if (nowMs - shownMs < EVERY_MS) return
      shownMs = nowMs
      const rate = Math.round((progress.done * 1_000) / (nowMs - startedMs)).toLocaleString('en')
      const done = progress.done.toLocaleString('en') + (progress.total === undefined ? '' : ` of ${progress.total.toLocaleString('en')}`)
      const rejected = progress.rejected > 0 ? `, ${progress.rejected.toLocaleString('en')} rejected` : ''
      const text = `${phase === 'reading' ? 'Read' : 'Loaded or unchanged:'} ${done} rows (${rate}/s)${rejected}`
      open = output.isTTY
      output.write(output.isTTY ? `\r\u001b[2K${text}` : `${text}\n`)
    },
    end() {
      if (open) output.write('\n')
      open = false
    },
  }
}
