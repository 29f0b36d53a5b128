'use client'
import { useEffect, useRef } from 'react'
import { Callout } from '../../../components/callout.tsx'
import styles from './passkeys.module.css'

/** Why nothing came of a passkey. Takes the focus when it appears. */
export function PasskeyNotice({ words }: { words: string | null }) {
  const notice = useRef<HTMLDivElement>(null)
  useEffect(() => {
    if (words !== null) notice.current?.focus()
  }, [words])
  if (words === null) return null
  return (
    <div ref={notice} tabIndex={-1} className={styles.notice}>
      <Callout kind="warn" announce>
        <p>{words}</p>
      </Callout>
    </div>
  )
}
