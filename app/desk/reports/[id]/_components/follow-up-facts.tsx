import type { FollowUpFact } from '../../../../../domain/followed-report.ts'
import type { Locale } from '../../../../../domain/report-choices.ts'
import type { Text } from '../../../../../messages/text-in.ts'
import styles from '../report.module.css'
import { withdrawText } from './withdraw-text.ts'

/** What the customer said after the report, in its order, with when. Nothing when there is nothing. */
export function FollowUpFacts({ followUps, text, locale, timeZone }: { followUps: readonly FollowUpFact[]; text: Text; locale: Locale; timeZone: string }) {
  if (followUps.length === 0) return null
  const times = new Intl.DateTimeFormat(locale, { timeZone, dateStyle: 'medium', timeStyle: 'short' })
  return (
    <section className={styles.section}>
      <h2>{text('desk.sectionSince')}</h2>
      <dl className={styles.facts}>
        {followUps.map((followUp) => {
          const at = followUp.data.occurred?.savedAt ?? followUp.data.acceptedAt
          return (
            <div key={followUp.data.followUpId} className={styles.fact}>
              <dt>
                <time dateTime={at}>{text('desk.byCustomer', { time: times.format(new Date(at)) })}</time>
              </dt>
              <dd>
                {linesOf(followUp, text).map((line) => (
                  <p key={line}>{line}</p>
                ))}
              </dd>
            </div>
          )
        })}
      </dl>
    </section>
  )
}

function linesOf({ type, data }: FollowUpFact, text: Text): string[] {
  switch (type) {
    case 'outage.withdrawn.v1':
      return [text('desk.followUps.withdrew'), withdrawText(text, data.reason)]
    case 'outage.confirmed.v1':
      return [data.stillOut === 'yes' ? text('desk.followUps.stillOut') : text('desk.followUps.back')]
    case 'outage.added-to.v1': {
      const { medicalEquipment, accessNotes, callbackPhone } = data.personal
      const named: [string, string | undefined][] = [
        [text('desk.hazardsSeen'), data.hazards.map((hazard) => text(`desk.hazards.${hazard}`)).join(', ') || undefined],
        [text('desk.scope'), data.scope && text(`desk.scopes.${data.scope}`)],
        [text('desk.medical'), medicalEquipment === undefined ? undefined : text(`desk.answers.${medicalEquipment ? 'yes' : 'no'}`)],
        [text('desk.accessNotes'), accessNotes],
        [text('desk.callbackPhone'), callbackPhone],
      ]
      return [text('desk.followUps.added'), ...named.flatMap(([label, value]) => (value ? [`${label}: ${value}`] : []))]
    }
  }
}
