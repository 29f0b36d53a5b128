'use server'
import { headers } from 'next/headers'
import { systemClock } from '../../../domain/clock.ts'
import type { Handling } from '../../../domain/handling.ts'
import { requireStaffFor } from '../../../server/identity/require-staff.ts'
import { type HandleCommand, HandlingConflictError, handleReport } from '../../../server/outages/handle-report.ts'
import { webServices } from '../../../server/web-services.ts'
import { type ActionFailure, runAction } from '../../action-result.ts'

export interface HandleOutcome {
  /** How the report stands now; null when it could not be done or asked. */
  handling: Handling | null
  /** Somebody else was first: nothing was changed by this. */
  conflict: boolean
  failure: ActionFailure | null
}

export async function handle(command: HandleCommand): Promise<HandleOutcome> {
  const { auth, eventLog, logger } = webServices()
  const request = await headers()
  const outcome = await runAction(logger, request, async () => {
    const staff = await requireStaffFor(auth, new Headers(request), 'report.handle')
    try {
      return { handling: await handleReport({ log: await eventLog(), clock: systemClock }, staff, command), conflict: false }
    } catch (error) {
      if (error instanceof HandlingConflictError) return { handling: error.handling, conflict: true }
      throw error
    }
  })
  return 'handling' in outcome ? { ...outcome, failure: null } : { handling: null, conflict: false, failure: outcome }
}
