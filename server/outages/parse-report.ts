import { type OutageReport, outageReportSchemas } from '../../domain/outage-report.ts'
import { parseFrozenBody } from './parse-frozen-body.ts'

/** The frozen body as a report. @throws MalformedBodyError, InvalidInputError */
export function parseReport(bytes: Uint8Array): OutageReport {
  return parseFrozenBody(bytes, outageReportSchemas)
}
