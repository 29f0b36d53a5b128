'use client'
import { type FormEvent, useState } from 'react'
import { Button } from '../../../../../components/button.tsx'
import { Callout } from '../../../../../components/callout.tsx'
import { TextArea } from '../../../../../components/text-field.tsx'
import { NOTE_CHARS } from '../../../../../domain/desk-choices.ts'
import { useDeskText } from '../../../_components/desk-text.tsx'
import { addNote } from '../actions.ts'
import styles from './account.module.css'
import { failureWords } from './failure-words.ts'
import { useCommand } from './use-command.ts'

/** What was typed stays until the log has it. @param onAdded called when it has */
export function NoteForm({ accountNumber, onAdded }: { accountNumber: string; onAdded: () => void }) {
  const { text } = useDeskText()
  const [words, setWords] = useState('')
  const [error, setError] = useState<string>()
  const [saved, setSaved] = useState(false)
  const { failure, isPending, send } = useCommand('noteId', addNote, () => {
    setWords('')
    setSaved(true)
    onAdded()
  })
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    setSaved(false)
    const missing = words.trim() === ''
    setError(missing ? text('desk.account.noteMissing') : undefined)
    if (!missing && !isPending) send(new FormData(event.currentTarget))
  }
  return (
    <form className={styles.section} onSubmit={submit} noValidate>
      <input type="hidden" name="accountNumber" value={accountNumber} />
      <TextArea
        label={text('desk.account.note')}
        hint={text('desk.account.noteHint')}
        error={error}
        name="text"
        rows={3}
        maxLength={NOTE_CHARS}
        value={words}
        onChange={(event) => setWords(event.target.value)}
      />
      {failure ? <Callout kind="danger" title={failureWords(failure, text)} announce /> : null}
      <p role="status" className={styles.told}>
        {saved ? text('desk.account.noteSaved') : ''}
      </p>
      <div>
        <Button type="submit" aria-disabled={isPending}>
          {text('desk.account.addNote')}
        </Button>
      </div>
    </form>
  )
}
