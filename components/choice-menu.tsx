'use client'
import { Menu as Headless } from '@base-ui/react/menu'
import { Button } from './button.tsx'
import styles from './popup.module.css'

/** A button with the choice that holds; its menu changes it. */
export function ChoiceMenu<V extends string>(props: {
  label: string
  value: V
  choices: readonly { value: V; label: string }[]
  onChange: (value: V) => void
  /** Of the button. */
  id?: string
}) {
  const current = props.choices.find((choice) => choice.value === props.value)
  return (
    <Headless.Root>
      <Headless.Trigger id={props.id} render={<Button />}>
        {props.label} {current?.label}
        <span aria-hidden="true">▾</span>
      </Headless.Trigger>
      <Headless.Portal>
        <Headless.Positioner className={styles.positioner} sideOffset={4} align="end">
          <Headless.Popup className={styles.popup}>
            <Headless.RadioGroup value={props.value} onValueChange={(value) => props.onChange(value as V)}>
              {props.choices.map((choice) => (
                <Headless.RadioItem key={choice.value} className={styles.item} value={choice.value} closeOnClick>
                  <span className={styles.check}>
                    <Headless.RadioItemIndicator>✓</Headless.RadioItemIndicator>
                  </span>
                  {choice.label}
                </Headless.RadioItem>
              ))}
            </Headless.RadioGroup>
          </Headless.Popup>
        </Headless.Positioner>
      </Headless.Portal>
    </Headless.Root>
  )
}
