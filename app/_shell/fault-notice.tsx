'use client'
import { createContext, type ReactNode, useContext } from 'react'
import { Button } from '../../components/button.tsx'
import type { FaultWords } from './fault-words.ts'
import { Notice } from './notice.tsx'
import styles from './notice.module.css'

const Words = createContext<FaultWords | null>(null)

/** Gives error pages their words: they get nothing from the server when they are shown. */
export function FaultWordsProvider({ words, children }: { words: FaultWords; children: ReactNode }) {
  return <Words value={words}>{children}</Words>
}

export interface Fault {
  error: Error & { digest?: string }
  /** Asks the server again. */
  retry: () => void
}

/** What a person sees when a page failed: no blame, no detail, a code that finds it in the logs. */
export function FaultNotice(fault: Fault) {
  const words = useContext(Words)
  return words ? <FaultMessage words={words} {...fault} /> : null
}

export function FaultMessage({ words, error, retry }: Fault & { words: FaultWords }) {
  return (
    <Notice title={words.title} words={words.words}>
      <Button look="primary" onClick={retry}>
        {words.retry}
      </Button>
      {error.digest ? <p className={styles.code}>{words.code.replace('{code}', error.digest)}</p> : null}
    </Notice>
  )
}
