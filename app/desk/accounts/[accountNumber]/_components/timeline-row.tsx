'use client'
import type { TimelineItem } from '../../../../../server/accounts/desk/list-timeline.ts'
import { useDeskText } from '../../../_components/desk-text.tsx'
import styles from './account.module.css'

type Words = ReturnType<typeof useDeskText>['text']

/** One thing that happened, with its time. */
export function TimelineRow({ item }: { item: TimelineItem }) {
  const { text, time } = useDeskText()
  return (
    <li className={styles.row}>
      <time dateTime={item.at} className={styles.soft}>
        {time(item.at)}
      </time>
      <div className={styles.what}>
        <What item={item} text={text} />
      </div>
    </li>
  )
}

function What({ item, text }: { item: TimelineItem; text: Words }) {
  switch (item.kind) {
    case 'report': {
      const facts = [
        text(`desk.account.states.${item.state}`),
        text(`desk.account.deliveries.${item.delivery}`),
        text(item.byStaff ? 'desk.account.byStaff' : 'desk.account.byCustomer'),
        ...item.hazards.map((hazard) => text(`desk.hazards.${hazard}`)),
        ...(item.additions > 0 ? [text('desk.additions', { count: item.additions })] : []),
      ]
      return (
        <>
          <a href={`/desk/reports/${item.reportId}`}>{text('desk.account.report', { reference: item.reference })}</a>
          <p className={styles.soft}>{facts.join(' · ')}</p>
        </>
      )
    }
    case 'note':
      return (
        <>
          <p>{text('desk.account.noteBy', { name: item.name })}</p>
          <p className={styles.words}>{item.text}</p>
        </>
      )
    case 'flags': {
      const flags = item.flags.map((flag) => text(`desk.account.flags.${flag}`)).join(', ') || text('desk.account.overtakenNone')
      return <p>{text('desk.account.flagsSetBy', { name: item.name, flags })}</p>
    }
    case 'act': {
      const who = item.name ?? text(`desk.account.actors.${item.actorKind}`)
      return (
        <>
          <p>{text('desk.account.actBy', { who, act: actWords(item.act, text) })}</p>
          {item.reason === null ? null : <p className={styles.soft}>{item.reason}</p>}
          {item.fields.length === 0 ? null : <p className={styles.soft}>{fieldWords(item.fields, text)}</p>}
        </>
      )
    }
  }
}

/** By their names in the log; the catalogue has none with a dot. */
const KNOWN_ACTS = {
  'account.changed': 'changed', 'account.reopened': 'reopened', 'account.looked-at': 'opened', 'account.revealed': 'revealed', 'account.looked-up': 'looked-up', 'account.matched': 'matched', 'access.granted': 'granted', 'access.ended': 'ended',
  'access.invited': 'invited', 'access.invitation-withdrawn': 'uninvited', 'access.role-changed': 'role-changed', 'login.code-sent': 'code-sent',
} as const

/** Parts of an account by their names in the log, those of its address and its place together. */
const KNOWN_FIELDS = {
  name: 'name', phones: 'phones', email: 'email', address: 'address', latitude: 'location', longitude: 'location', medicalEquipment: 'medicalEquipment', servicePoint: 'servicePoint',
  meterNumber: 'meterNumber', circuit: 'circuit', transformer: 'transformer', language: 'language', movedInOn: 'movedInOn', movedOutOn: 'movedOutOn', meterSince: 'meterSince',
} as const

/** One of a later version is shown by its own name. */
function fieldWords(fields: readonly string[], text: Words): string {
  const words = fields.map((field) => {
    const part = field.split('.')[0]
    const known = Object.entries(KNOWN_FIELDS).find(([name]) => name === part)?.[1]
    return known ? text(`desk.account.fields.${known}`) : field
  })
  return [...new Set(words)].join(', ')
}

/** An act of a later version is shown by its own name. */
function actWords(act: string, text: Words): string {
  const known = Object.entries(KNOWN_ACTS).find(([name]) => name === act)?.[1]
  return known ? text(`desk.account.acts.${known}`) : act
}
