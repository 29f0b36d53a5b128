import type { FastifyInstance } from 'fastify'
import { isHazardousFollowUp } from '../../../domain/report-follow-up.ts'
import { REPORT_LIMITS } from '../../../domain/report-limits.ts'
import { followUpReport } from '../../../server/outages/follow-up-report.ts'
import type { DoorContext } from './context.ts'
import { followUpsTaken } from './door-metrics.ts'
import { admit, answerCommand, takeCommand } from './outage-reports.ts'

/** `POST /api/v1/outage-reports/{id}/follow-ups`: admitted, answered and refused as a report is, under the report's secret. */
export function outageFollowUps(app: FastifyInstance, context: DoorContext): void {
  const options = { bodyLimit: REPORT_LIMITS.bodyBytes, onRequest: admit(context) }
  app.post<{ Params: { id: string } }>('/api/v1/outage-reports/:id/follow-ups', options, (request, reply) =>
    answerCommand(request, reply, async (place, sent) => {
      const reportId = request.params.id.toLowerCase()
      const result = await takeCommand(context, place, (admitted) =>
        followUpReport(context, { ...sent, reportId, admit: (followUp) => admitted(isHazardousFollowUp(followUp)) }),
      )
      followUpsTaken.inc({ outcome: result.outcome })
      return result
    }),
  )
}
