import { expect, test } from 'vitest'
import type { FollowUpRecord, ReportRecord } from '../../../../worker/outbox/report-record.ts'
import { isAnythingOnItsWay } from './is-anything-on-its-way.ts'

const received = { receipt: 'r', acceptedAt: '2026-01-31T04:00:00.000Z', atMs: 1 }
const attention: ReportRecord['attention'] = { reason: 'invalid', errors: [], traceId: null }
const report = (more: Partial<ReportRecord>) => ({ id: 'a', received: null, attention: null, ...more }) as ReportRecord
const change = (more: Partial<FollowUpRecord>) => ({ id: 'b', reportId: 'a', received: null, attention: null, ...more }) as FollowUpRecord

test('what waits and goes out by itself counts, a change as well as a report @outbox', () => {
  expect(isAnythingOnItsWay({ reports: null, followUps: [] })).toBe(false)
  expect(isAnythingOnItsWay({ reports: [report({})], followUps: [] })).toBe(true)
  expect(isAnythingOnItsWay({ reports: [report({ received })], followUps: [change({ received })] })).toBe(false)
  expect(isAnythingOnItsWay({ reports: [report({ received })], followUps: [change({})] })).toBe(true)
})

test('what waits for a person does not, nor what was said about a refused report @outbox', () => {
  expect(isAnythingOnItsWay({ reports: [report({ received })], followUps: [change({ attention })] })).toBe(false)
  expect(isAnythingOnItsWay({ reports: [report({ attention })], followUps: [change({})] })).toBe(false)
})
