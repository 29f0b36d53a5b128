'use client'
import type { MouseEvent, Ref } from 'react'
import { Callout } from '../../../components/callout.tsx'
import type { Wrong } from './form-state.ts'
import styles from './identity-form.module.css'

/** Why a form did nothing, each fault a way to its field. Takes the focus when it appears; without script it is read first. */
export function WrongSummary({ ref, wrong, idOf }: { ref: Ref<HTMLDivElement>; wrong: Wrong; idOf: (field: string) => string }) {
  return (
    <div ref={ref} tabIndex={-1} className={styles.summary}>
      <Callout kind="danger" title={wrong.title} announce>
        {wrong.words ? <p>{wrong.words}</p> : null}
        {wrong.fields.length > 0 ? (
          <ul className={styles.summaryList}>
            {wrong.fields.map(({ field, words }) => (
              <li key={field}>
                <a href={`#${idOf(field)}`} onClick={(event) => goTo(event, idOf(field))}>
                  {words}
                </a>
              </li>
            ))}
          </ul>
        ) : null}
      </Callout>
    </div>
  )
}

function goTo(event: MouseEvent, id: string): void {
  const field = document.getElementById(id)
  if (!field) return
  event.preventDefault()
  field.focus()
}
