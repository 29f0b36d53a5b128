import { useId } from 'react'
import { Fault, Hint } from './field-words.tsx'
import styles from './choice-group.module.css'

export interface Choice {
  value: string
  label: string
  hint?: string
}

/** One question with its answers as big tiles; real radio buttons or checkboxes, so a plain form sends them. */
export function ChoiceGroup(props: {
  /** Needed where the markup is made in one tree and taken over in another. */
  id?: string
  legend: string
  hint?: string
  error?: string
  name: string
  kind: 'one' | 'many'
  choices: readonly Choice[]
  chosen?: readonly string[]
  required?: boolean
}) {
  const madeId = useId()
  const id = props.id ?? madeId
  const described = [props.hint && `${id}-hint`, props.error && `${id}-error`].filter(Boolean).join(' ')
  return (
    <fieldset className={styles.group} aria-describedby={described || undefined}>
      <legend className={styles.legend}>{props.legend}</legend>
      {props.hint ? <Hint id={`${id}-hint`}>{props.hint}</Hint> : null}
      {props.error ? <Fault id={`${id}-error`}>{props.error}</Fault> : null}
      <div className={styles.tiles}>
        {props.choices.map((choice) => (
          <label key={choice.value} className={styles.tile}>
            <input
              className={styles.control}
              type={props.kind === 'one' ? 'radio' : 'checkbox'}
              name={props.name}
              value={choice.value}
              defaultChecked={props.chosen?.includes(choice.value)}
              required={props.required}
            />
            <span>
              {choice.label}
              {choice.hint ? <span className={styles.tileHint}>{choice.hint}</span> : null}
            </span>
          </label>
        ))}
      </div>
    </fieldset>
  )
}
