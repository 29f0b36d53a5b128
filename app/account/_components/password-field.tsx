'use client'
import { type ComponentProps, useEffect, useRef, useState } from 'react'
import { Button } from '../../../components/button.tsx'
import { TextField } from '../../../components/text-field.tsx'
import styles from './identity-form.module.css'

export interface PasswordWords {
  show: string
  hide: string
}

/** A password that can be looked at before it is sent. Typed ones outlive an answer: they are kept on the page and never sent back. */
export function PasswordField({ words, answer, ...field }: { words: PasswordWords; answer: number } & ComponentProps<typeof TextField>) {
  const [shown, setShown] = useState(false)
  const input = useRef<HTMLInputElement>(null)
  const typed = useRef('')
  useEffect(() => {
    if (answer > 0 && input.current?.value === '') input.current.value = typed.current
  }, [answer])
  return (
    <div className={styles.password}>
      <TextField
        {...field}
        ref={input}
        type={shown ? 'text' : 'password'}
        autoCapitalize="none"
        autoCorrect="off"
        spellCheck={false}
        onChange={({ currentTarget }) => {
          typed.current = currentTarget.value
        }}
        required
      />
      <Button look="quiet" className={styles.show} aria-controls={field.id} onClick={() => setShown(!shown)}>
        {shown ? words.hide : words.show}
      </Button>
    </div>
  )
}
