'use client'
import { useEffect, useState } from 'react'
import { sendsWhenClosed } from './browser-send.ts'
import { askToKeep, isKept, type Keeping } from './keep-data.ts'
import { useReportText } from './report-text.tsx'
import styles from './report-card.module.css'

/**
 * What the phone promises for what waits: only what this browser really does.
 * @param justSaved on this page: then the browser is asked to keep it
 */
export function PhonePromise({ justSaved }: { justSaved: boolean }) {
  const { text } = useReportText()
  const [sends, setSends] = useState<boolean | null>(null)
  const [keeping, setKeeping] = useState<Keeping | null>(null)
  useEffect(() => {
    let shown = true
    void sendsWhenClosed().then((answer) => shown && setSends(answer))
    const show = (answer: Keeping) => shown && setKeeping(answer)
    // Firefox asks the customer, who may leave it unanswered: until then what stands is said.
    void isKept().then(show).then(() => (justSaved ? askToKeep().then(show) : undefined))
    return () => {
      shown = false
    }
  }, [justSaved])
  if (sends === null) return null
  return (
    <p className={styles.soft}>
      {text(sends ? 'promiseSync' : 'promiseNoSync')} {keeping ? text(KEEPING_WORDS[keeping]) : null}
    </p>
  )
}

const KEEPING_WORDS = { kept: 'promiseKept', 'may-evict': 'promiseMayEvict', 'cannot-ask': 'promiseCannotAsk' } as const
