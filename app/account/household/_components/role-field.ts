import { ACCESS_ROLES, type AccessRole } from '../../../../domain/access.ts'
import type { Text } from '../../../../messages/text-in.ts'
import type { FormField } from '../../_components/identity-form.tsx'

/** What somebody may do for an account. */
export function roleField(text: Text, label: string, chosen: AccessRole): FormField {
  const choices = ACCESS_ROLES.map((role) => ({ value: role, label: text(`identity.role.${role}`), hint: text(`identity.roleMay.${role}`) }))
  return { kind: 'one', name: 'role', label, choices, chosen }
}
