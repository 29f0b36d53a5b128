'use server'
import { headers } from 'next/headers'
import { systemClock } from '../../../domain/clock.ts'
import { requireStaffFor } from '../../../server/identity/require-staff.ts'
import { redoDelivery } from '../../../server/outages/redo-delivery.ts'
import { webServices } from '../../../server/web-services.ts'
import { type ActionFailure, runAction } from '../../action-result.ts'

export interface RedoOutcome {
  /** How many are queued again by this. */
  queued: number
  failure: ActionFailure | null
}

export async function redo(deliveryId: string): Promise<RedoOutcome> {
  const { auth, eventLog, sources, logger } = webServices()
  const request = await headers()
  const outcome = await runAction(logger, request, async () => {
    const staff = await requireStaffFor(auth, new Headers(request), 'delivery.redo')
    return redoDelivery({ log: await eventLog(), sources, clock: systemClock }, { staff, deliveryId })
  })
  return typeof outcome === 'number' ? { queued: outcome, failure: null } : { queued: 0, failure: outcome }
}
