'use client'
import { useSyncExternalStore } from 'react'

/** The id of the report that the address names after `#`; empty when it names none. */
export function useReportInAddress(): string {
  return useSyncExternalStore(onChange, () => location.hash.slice(1), () => '')
}

function onChange(listener: () => void): () => void {
  window.addEventListener('hashchange', listener)
  return () => window.removeEventListener('hashchange', listener)
}
