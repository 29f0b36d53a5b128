'use client'
import { useId } from 'react'
import { STAFF_ROLES, type StaffRole } from '../../../../domain/staff-permissions.ts'
import { useDeskText } from '../../_components/desk-text.tsx'
import styles from '../staff.module.css'

export function RoleChoice({ role = 'agent', label }: { role?: StaffRole; label: string }) {
  const { text } = useDeskText()
  const id = useId()
  return (
    <div>
      <label htmlFor={id}>{label}</label>{' '}
      <select id={id} name="role" defaultValue={role} key={role} className={styles.select}>
        {STAFF_ROLES.map((one) => (
          <option key={one} value={one}>
            {text(`desk.roles.${one}`)}
          </option>
        ))}
      </select>
    </div>
  )
}
