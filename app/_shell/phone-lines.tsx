import type { PhoneLine } from './phone-line.ts'
import styles from './phone-lines.module.css'

export function PhoneLines({ label, lines }: { label: string; lines: readonly PhoneLine[] }) {
  return (
    <section aria-label={label}>
      <ul role="list" className={styles.lines}>
        {lines.map(({ label: line, phone }) => (
          <li key={phone.dial} className={styles.line}>
            <span className={styles.label}>{line}</span>
            <a className={styles.number} href={`tel:${phone.dial}`}>
              {phone.shown}
            </a>
          </li>
        ))}
      </ul>
    </section>
  )
}
