import type { Text } from '../../messages/text-in.ts'
import { utility } from '../../utility.config.ts'
import styles from './phone-lines.module.css'

/** The numbers that work when nothing else does. */
export function PhoneLines({ text }: { text: Text }) {
  const lines = [
    { label: text('common.emergency'), phone: utility.emergency },
    { label: text('common.gasEmergency'), phone: utility.gasEmergency },
    { label: text('common.outageLine'), phone: utility.outageLine },
  ]
  return (
    <section aria-label={text('common.phones')}>
      <ul role="list" className={styles.lines}>
        {lines.map(({ label, phone }) => (
          <li key={phone.dial} className={styles.line}>
            <span className={styles.label}>{label}</span>
            <a className={styles.number} href={`tel:${phone.dial}`}>
              {phone.shown}
            </a>
          </li>
        ))}
      </ul>
    </section>
  )
}
