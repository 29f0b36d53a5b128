export const STAFF_ROLES = ['agent', 'supervisor', 'dispatcher', 'auditor'] as const
export type StaffRole = (typeof STAFF_ROLES)[number]

/** Each thing that staff do, with the roles that may. The one table: verbs ask it, pages show by it, the walk through all routes checks by it. */
const ALLOWED = {
  'desk.read': ['agent', 'supervisor', 'dispatcher', 'auditor'],
  'report.take': ['agent', 'supervisor', 'dispatcher'],
  'report.handle': ['agent', 'supervisor', 'dispatcher'],
  'delivery.redo': ['supervisor', 'dispatcher'],
  'account.search': ['agent', 'supervisor', 'dispatcher'],
  'account.read': ['agent', 'supervisor', 'dispatcher', 'auditor'],
  'account.reveal': ['agent', 'supervisor', 'dispatcher'],
  'account.note': ['agent', 'supervisor', 'dispatcher'],
  'account.flag': ['agent', 'supervisor', 'dispatcher'],
  'audit.read': ['auditor', 'supervisor'],
  'audit.export': ['auditor'],
  'staff.manage': ['supervisor'],
  'system.read': ['agent', 'supervisor', 'dispatcher', 'auditor'],
} as const satisfies Record<string, readonly StaffRole[]>

export type StaffPermission = keyof typeof ALLOWED

export function staffMay(role: StaffRole, permission: StaffPermission): boolean {
  const roles: readonly StaffRole[] = ALLOWED[permission]
  return roles.includes(role)
}
