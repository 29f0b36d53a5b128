'use client'
import { useRouter } from 'next/navigation'
import { useDeskStream } from '../../../_components/use-desk-stream.ts'

/** Keeps the page current: reads it again when this report changes. Shows nothing. */
export function ReportChanges({ id }: { id: string }) {
  const router = useRouter()
  useDeskStream((ids) => {
    if (ids.has(id) || ids.has('*')) router.refresh()
  })
  return null
}
