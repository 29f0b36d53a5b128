'use client'
import { createContext, type ReactNode, useContext } from 'react'
import { Button } from '../../components/button.tsx'
import { Notice } from './notice.tsx'
import styles from './notice.module.css'

export interface FaultWords {
  title: string
  words: string
  /** With `{code}` where the code stands. */
  code: string
  retry: string
}

const Words = createContext<FaultWords | null>(null)

/** Gives error pages their words: they get nothing from the server when they are shown. */
export function FaultWordsProvider({ words, children }: { words: FaultWords; children: ReactNode }) {
  return <Words value={words}>{children}</Words>
}

/** What a person sees when a page failed: no blame, no detail, a code that finds it in the logs. */
export function FaultNotice({ error, reset }: { error: Error & { digest?: string }; reset: () => void }) {
  const words = useContext(Words)
  if (!words) return null
  return (
    <Notice title={words.title} words={words.words}>
      <Button look="primary" onClick={reset}>
        {words.retry}
      </Button>
      {error.digest ? <p className={styles.code}>{words.code.replace('{code}', error.digest)}</p> : null}
    </Notice>
  )
}
