import { Fragment } from 'react'
import { plainText } from '../../../domain/plain-text.ts'
import styles from './search-box.module.css'

const PARTS = /[\p{L}\p{M}\p{N}'’]+|[^\p{L}\p{M}\p{N}'’]+/gu

/** A text with the words that were found marked in it. @param matched lower case without accents */
export function MarkedText({ text, matched }: { text: string; matched: readonly string[] }) {
  return Array.from(text.matchAll(PARTS), ({ 0: part, index }) =>
    matched.includes(plainText(part).replace(/['’]/g, '')) ? (
      <mark key={index} className={styles.mark}>
        {part}
      </mark>
    ) : (
      <Fragment key={index}>{part}</Fragment>
    ),
  )
}
