import type { OutageReported } from '../../../../../domain/event.ts'
import type { Locale } from '../../../../../domain/report-choices.ts'
import type { Text } from '../../../../../messages/text-in.ts'
import { correctedText } from './corrected-text.ts'
import styles from '../report.module.css'
import { Facts } from './facts.tsx'

/** What the customer said, where, and when; times in the utility's time zone. */
export function ReportFacts({ report, text, locale, timeZone }: { report: OutageReported; text: Text; locale: Locale; timeZone: string }) {
  const { place, medicalEquipment, accessNotes, callbackPhone } = report.personal
  const times = new Intl.DateTimeFormat(locale, { timeZone, dateStyle: 'medium', timeStyle: 'long' })
  const at = (instant: string | undefined) => (instant ? <time dateTime={instant}>{times.format(new Date(instant))}</time> : text('desk.unknownTime'))
  const corrected = (said: string | undefined, occurredAt: string | undefined) => {
    const words = correctedText({ said, occurredAt, errorMs: report.occurred?.errorMs ?? 0 }, { text, locale, format: (instant) => times.format(new Date(instant)) })
    return words ?? at(said)
  }
  const hazards = report.hazards.map((hazard) => text(`desk.hazards.${hazard}`)).join(', ')
  return (
    <div className={styles.column}>
      <Facts
        title={text('desk.sectionReport')}
        facts={[
          [text('desk.hazardsSeen'), hazards || text('desk.noHazards')],
          [text('desk.scope'), text(`desk.scopes.${report.scope}`)],
          [text('desk.heardBang'), text(`desk.answers.${report.heardBang}`)],
          [text('desk.neighborsOut'), text(`desk.answers.${report.neighborsOut}`)],
          [text('desk.medical'), medicalEquipment ? text('desk.answers.yes') : null],
          [text('desk.accessNotes'), accessNotes],
          [text('desk.callbackPhone'), callbackPhone],
          [text('desk.language'), text(`desk.languages.${report.locale}`)],
          [text('desk.channel'), text(`desk.channels.${report.channel}`)],
        ]}
      />
      <Facts
        title={text('desk.sectionPlace')}
        facts={[
          [text('desk.typedAccount'), place.accountNumber],
          [text('desk.typedPhone'), place.phone],
          [text('desk.typedAddress'), place.address],
          [text('desk.location'), place.location && `${place.location.latitude.toFixed(5)}, ${place.location.longitude.toFixed(5)}, ${text('desk.accuracy', { meters: Math.round(place.location.accuracyMeters) })}`],
        ]}
      />
      <Facts
        title={text('desk.sectionTimes')}
        facts={[
          [text('desk.startedAt'), corrected(report.startedAt, report.occurred?.startedAt)],
          [text('desk.savedAt'), corrected(report.savedAt, report.occurred?.savedAt)],
          [
            text('desk.acceptedAt'),
            <>
              {at(report.acceptedAt)}, {text('desk.attempts', { count: report.delivery.attempt })}
            </>,
          ],
        ]}
      >
        <p className={styles.note}>{text('desk.times', { zone: timeZone.replaceAll('_', ' ') })}</p>
      </Facts>
    </div>
  )
}
