'use client'
import { memo } from 'react'
import { ButtonLink } from '../../../../components/button.tsx'
import spoken from '../../../../components/spoken.module.css'
import { HAZARDS, type Hazard } from '../../../../domain/report-choices.ts'
import { useReportText } from './report-text.tsx'
import styles from './hazard-section.module.css'

/**
 * The first question. What to do about a danger is in the page from the start and shown by style alone,
 * so that it is there before the script is, and without it.
 */
export const HazardSection = memo(function HazardSection({ isAnyChosen }: { isAnyChosen: boolean }) {
  const { text, phones } = useReportText()
  const emergency = phones.emergency.shown
  return (
    <fieldset className={styles.section} aria-describedby="report-hazards-hint">
      <legend className={styles.legend}>{text('hazardsQuestion')}</legend>
      <p id="report-hazards-hint" className={styles.hint}>
        {text('hazardsHint')}
      </p>
      <div className={styles.tiles}>
        {HAZARDS.map((hazard) => (
          <label key={hazard} className={styles.tile}>
            <input type="checkbox" name="hazards" value={hazard} />
            <HazardSign hazard={hazard} />
            <span>{text(`hazard.${hazard}`)}</span>
          </label>
        ))}
      </div>
      <div className={styles.panel}>
        <h2 className={styles.title}>{text('dangerTitle')}</h2>
        <p className={styles.lead}>{text('dangerLead', { emergency })}</p>
        <p className={styles.calls}>
          <ButtonLink look="danger" size="large" href={`tel:${phones.emergency.dial}`} className={styles.call}>
            {text('call', { number: emergency })}
          </ButtonLink>
          <ButtonLink size="large" href={`tel:${phones.gasEmergency.dial}`} className={`${styles.call} ${styles.gas}`} data-hazard="gas-smell">
            <span>{text('callGas')}</span> <span className={styles.number}>{phones.gasEmergency.shown}</span>
          </ButtonLink>
        </p>
        <ul className={styles.advice}>
          {HAZARDS.map((hazard) => (
            <li key={hazard} data-hazard={hazard}>
              {text(`danger.${hazard}`)}
            </li>
          ))}
        </ul>
        <p>{text('dangerAfter')}</p>
      </div>
      <p className={spoken.spoken} role="alert">
        {isAnyChosen ? text('dangerAnnounce', { emergency }) : ''}
      </p>
    </fieldset>
  )
})

const PATHS: Record<Hazard, string> = {
  'downed-line': 'M6 21V3m-3 3h6M6 8c5 1 9 4 12 13M14.5 12l3-1-1 4 3-1',
  fire: 'M12 3c1 4 5 5.5 5 10.5A5 5 0 0 1 7 14c0-2 1-3 1.5-4.5C10 11 10 12 11 12c1.5-2 .5-6 1-9z',
  'gas-smell': 'M4 9c2-2 4 2 6 0s4 2 6 0 3 0 4 0M4 14c2-2 4 2 6 0s4 2 6 0 3 0 4 0M4 19c2-2 4 2 6 0s4 2 6 0 3 0 4 0M12 3v2',
  injury: 'M9.5 4h5v5.5H20v5h-5.5V20h-5v-5.5H4v-5h5.5z',
}

function HazardSign({ hazard }: { hazard: Hazard }) {
  return (
    <svg className={styles.sign} viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <path d={PATHS[hazard]} fill="none" stroke="currentColor" strokeWidth="2" strokeLinecap="round" strokeLinejoin="round" />
    </svg>
  )
}
