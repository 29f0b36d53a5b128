'use client'
import { useEffect, useState, useSyncExternalStore } from 'react'
import { Button } from '../../../../components/button.tsx'
import { Callout } from '../../../../components/callout.tsx'
import type { OutboxStore } from '../../../../worker/outbox/outbox-store.ts'
import { installPrompt, isSafariTabOnIos } from './install-prompt.ts'
import { useReportText } from './report-text.tsx'
import styles from './report-page.module.css'

/** To have this page as an app: offered beside what was saved, with the reason, and never again once it was declined. */
export function InstallOffer({ store }: { store: OutboxStore }) {
  const { text } = useReportText()
  const offered = useSyncExternalStore(installPrompt.subscribe, installPrompt.isOffered, () => false)
  const onIos = useSyncExternalStore(neverChanges, isSafariTabOnIos, () => false)
  const [declined, setDeclined] = useState<boolean | null>(null)

  useEffect(() => {
    let shown = true
    void store.readNote('install-declined').then((at) => shown && setDeclined(at !== undefined), () => {})
    return () => {
      shown = false
    }
  }, [store])

  if (declined !== false || !(offered || onIos)) return null
  return (
    <Callout kind="info" title={text(offered ? 'installTitle' : 'iosTitle')}>
      <p>{text(offered ? 'installText' : 'iosText')}</p>
      {offered ? null : <p>{text('iosHow')}</p>}
      <p className={styles.actions}>
        {offered ? <Button onClick={() => void install()}>{text('installAction')}</Button> : null}
        <Button look="quiet" onClick={decline}>
          {text('installLater')}
        </Button>
      </p>
    </Callout>
  )

  async function install() {
    if (!(await installPrompt.ask())) decline()
  }

  function decline() {
    setDeclined(true)
    store.writeNote('install-declined', Date.now()).catch(() => {})
  }
}

const neverChanges = () => () => {}
