'use client'
import { useEffect, useRef } from 'react'
import { Callout } from '../../../components/callout.tsx'
import styles from './identity-form.module.css'

/** What was just done, or why somebody is here. Takes the focus each time that the page is made anew. @param of another each time */
export function Told({ kind = 'ok', words, of }: { kind?: 'ok' | 'info'; words: string; of: string }) {
  const notice = useRef<HTMLDivElement>(null)
  useEffect(() => {
    if (of !== '') notice.current?.focus()
  }, [of])
  return (
    <div ref={notice} tabIndex={-1} className={styles.summary}>
      <Callout kind={kind} announce>
        <p>{words}</p>
      </Callout>
    </div>
  )
}
