import { Client } from 'pg'
import type { Portal } from '../portal.ts'

/** The sessions that Postgres has of a customer, oldest first. */
export async function sessionsOf({ stack: { env } }: Portal, email: string): Promise<{ sessionId: string; loginId: string }[]> {
  const client = new Client({ connectionString: env.DATABASE_URL })
  await client.connect()
  try {
    const { rows } = await client.query<{ sessionId: string; loginId: string }>(
      'SELECT session.id AS "sessionId", login.id AS "loginId" FROM identity.customer_session AS session JOIN identity.customer_login AS login ON login.id = session.login_id WHERE login.email = $1 ORDER BY session.created_at',
      [email],
    )
    return rows
  } finally {
    await client.end()
  }
}
