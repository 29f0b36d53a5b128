import styles from './frame.module.css'

/** The mark: a harbour light over its line. Decoration only. */
export function Mark() {
  return (
    <svg className={styles.mark} viewBox="0 0 32 32" aria-hidden="true" focusable="false">
      <path d="M2 26h28" stroke="currentColor" strokeWidth="2.5" strokeLinecap="round" />
      <path d="M12 26l1.6-13h4.8L20 26" fill="none" stroke="currentColor" strokeWidth="2.5" strokeLinejoin="round" />
      <circle cx="16" cy="7.5" r="3.4" fill="currentColor" />
      <path d="M7.5 4.5l3 1.2M7.5 10.5l3-1.2M24.5 4.5l-3 1.2M24.5 10.5l-3-1.2" stroke="currentColor" strokeWidth="2" strokeLinecap="round" />
    </svg>
  )
}
