import { correctedTime } from './clock-evidence.ts'
import type { Delivery, Occurred } from './event.ts'

/**
 * When a command was saved by the server's clock, and when what it tells of began: both moved by the same correction,
 * neither later than the acceptance. @param said the frozen body's times, by the phone's clock
 */
export function occurredOf(said: { savedAt: string; startedAt?: string }, delivery: Delivery, acceptedAtMs: number): Occurred {
  const { sentAt, elapsedMs, clockOffsetMs, clockErrorMs } = delivery
  const savedAtMs = Date.parse(said.savedAt)
  const sentAtMs = sentAt === undefined ? undefined : Date.parse(sentAt)
  const { atMs, errorMs, basis } = correctedTime({ savedAtMs, sentAtMs, elapsedMs, clockOffsetMs, clockErrorMs }, acceptedAtMs)
  const savedAt = new Date(atMs).toISOString()
  if (said.startedAt === undefined) return { savedAt, errorMs, basis }
  const startedAtMs = Math.max(0, Math.min(Date.parse(said.startedAt) + atMs - savedAtMs, acceptedAtMs))
  return { savedAt, startedAt: new Date(startedAtMs).toISOString(), errorMs, basis }
}
