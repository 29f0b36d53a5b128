import type { OutboxView } from './outbox-view.ts'

/** Whether something waits that goes out by itself: neither what was refused nor what was said about a refused report does. */
export function isAnythingOnItsWay({ reports, followUps }: Pick<OutboxView, 'reports' | 'followUps'>): boolean {
  const refused = new Set((reports ?? []).filter(({ attention }) => attention).map(({ id }) => id))
  const waits = ({ received, attention }: { received: unknown; attention: unknown }) => !received && !attention
  return (reports ?? []).some(waits) || followUps.some((followUp) => waits(followUp) && !refused.has(followUp.reportId))
}
