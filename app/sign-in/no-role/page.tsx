import { headers } from 'next/headers'
import { forbidden } from 'next/navigation'

/** Whom the utility's provider knows, and whose role here is none: status 403. */
export default async function NoRolePage(): Promise<never> {
  await headers()
  forbidden()
}
