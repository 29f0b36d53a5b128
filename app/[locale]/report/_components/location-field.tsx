'use client'
import { type RefObject, useEffect, useState, useSyncExternalStore } from 'react'
import { Button } from '../../../../components/button.tsx'
import { useReportText } from './report-text.tsx'
import styles from './report-form.module.css'

const TIMEOUT_MS = 15_000
const OLDEST_MS = 60_000
/** Beyond this a crew would search the wrong street. */
const ROUGH_METERS = 150

type Finding = { kind: 'idle' } | { kind: 'locating' } | { kind: 'found'; meters: number } | { kind: 'denied' } | { kind: 'unavailable' }

/** The phone's position into the form's hidden fields, with an honest word about its accuracy. Absent without script or GPS. */
export function LocationField({ form, onChange }: { form: RefObject<HTMLFormElement | null>; onChange: () => void }) {
  const { text, locale } = useReportText()
  const can = useSyncExternalStore(neverChanges, hasLocation, () => false)
  const [finding, setFinding] = useState<Finding>({ kind: 'idle' })

  useEffect(() => {
    const element = form.current
    const restored = () => {
      const meters = Number(inputOf(element, 'accuracyMeters')?.value || Number.NaN)
      setFinding(Number.isFinite(meters) ? { kind: 'found', meters } : { kind: 'idle' })
    }
    const reset = () => {
      for (const name of ['latitude', 'longitude', 'accuracyMeters']) inputOf(element, name)?.setAttribute('value', '')
      setFinding({ kind: 'idle' })
    }
    element?.addEventListener('restored', restored)
    element?.addEventListener('reset', reset)
    return () => {
      element?.removeEventListener('restored', restored)
      element?.removeEventListener('reset', reset)
    }
  }, [form])

  function fill(values: Record<'latitude' | 'longitude' | 'accuracyMeters', string>) {
    for (const [name, value] of Object.entries(values)) {
      const field = inputOf(form.current, name)
      if (field) field.value = value
    }
    onChange()
  }

  function locate() {
    setFinding({ kind: 'locating' })
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        const meters = Math.ceil(coords.accuracy)
        fill({ latitude: String(coords.latitude), longitude: String(coords.longitude), accuracyMeters: String(meters) })
        setFinding({ kind: 'found', meters })
      },
      (error) => setFinding({ kind: error.code === error.PERMISSION_DENIED ? 'denied' : 'unavailable' }),
      { enableHighAccuracy: true, timeout: TIMEOUT_MS, maximumAge: OLDEST_MS },
    )
  }

  function remove() {
    fill({ latitude: '', longitude: '', accuracyMeters: '' })
    setFinding({ kind: 'idle' })
  }

  return (
    <div className={styles.location}>
      <input type="hidden" name="latitude" />
      <input type="hidden" name="longitude" />
      <input type="hidden" name="accuracyMeters" />
      {can && finding.kind !== 'found' ? (
        <Button size="large" onClick={locate} disabled={finding.kind === 'locating'} className={styles.wide}>
          <PinSign />
          {finding.kind === 'locating' ? text('locating') : text('locate')}
        </Button>
      ) : null}
      <output className={styles.finding}>{said()}</output>
      {finding.kind === 'found' ? (
        <Button look="quiet" onClick={remove}>
          {text('locationRemove')}
        </Button>
      ) : null}
    </div>
  )

  function said(): string {
    if (finding.kind === 'denied') return text('locationDenied')
    if (finding.kind === 'unavailable') return text('locationUnavailable')
    if (finding.kind !== 'found') return ''
    return finding.meters <= ROUGH_METERS ? text('located', { meters: finding.meters }) : text('locatedRough', { distance: distance(finding.meters) })
  }

  function distance(meters: number): string {
    const [value, unit] = meters < 1_000 ? [meters, 'meter'] : [meters / 1_000, 'kilometer']
    return new Intl.NumberFormat(locale, { style: 'unit', unit, maximumSignificantDigits: 2 }).format(value)
  }
}

const neverChanges = () => () => {}
const hasLocation = () => 'geolocation' in navigator

function inputOf(form: HTMLFormElement | null, name: string): HTMLInputElement | null {
  const found = form?.elements.namedItem(name)
  return found instanceof HTMLInputElement ? found : null
}

function PinSign() {
  return (
    <svg className={styles.pin} viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <path d="M12 21c4.5-5 6.5-8.5 6.5-11.5a6.5 6.5 0 0 0-13 0C5.5 12.5 7.5 16 12 21zM12 9.5v0" fill="none" stroke="currentColor" strokeWidth="2.2" strokeLinecap="round" strokeLinejoin="round" />
    </svg>
  )
}
