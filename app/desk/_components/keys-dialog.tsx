'use client'
import { Dialog } from '../../../components/dialog.tsx'
import { useDeskText } from './desk-text.tsx'
import { DESK_MENU } from './desk-menu.ts'
import styles from './keys-dialog.module.css'

/** Every key of the desk. */
const KEYS = [
  ['search', ['/']], ['move', ['j', 'k', '↓', '↑']], ['open', ['Enter']], ['claim', ['c']], ['resolve', ['r']], ['reopen', ['u']],
  ['filter', ['f']], ['help', ['?']], ['toDesk', ['g d']], ['toSystem', ['g s']], ['toUndelivered', ['g u']],
] as const

interface KeysDialogProps {
  isOpen: boolean
  onOpenChange: (isOpen: boolean) => void
  areOn: boolean
  onTurn: (on: boolean) => void
}

export function KeysDialog({ isOpen, onOpenChange, areOn, onTurn }: KeysDialogProps) {
  const { text } = useDeskText()
  return (
    <Dialog open={text('desk.keys.title')} title={text('desk.keys.title')} close={text('desk.close')} isOpen={isOpen} onOpenChange={onOpenChange} hides={DESK_MENU}>
      <label className={styles.turn}>
        <input type="checkbox" checked={areOn} onChange={(event) => onTurn(event.currentTarget.checked)} />
        {text('desk.keys.on')}
      </label>
      <p className={styles.note}>{text('desk.keys.onNote')}</p>
      <dl className={styles.keys}>
        {KEYS.map(([name, keys]) => (
          <div key={name} className={styles.key}>
            <dt>
              {keys.map((key) => (
                <kbd key={key}>{key}</kbd>
              ))}
            </dt>
            <dd>{text(`desk.keys.${name}`)}</dd>
          </div>
        ))}
      </dl>
    </Dialog>
  )
}
