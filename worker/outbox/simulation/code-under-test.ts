import { sendUntilQuiet } from '../../send-until-quiet.ts'
import { refreshKeys } from '../attempt-send.ts'
import { OutboxUnavailableError } from '../outbox-store.ts'
import { rememberingStore } from '../remembering-store.ts'
import { saveFollowUp } from '../save-follow-up.ts'
import { newDraft, saveReport } from '../save-report.ts'
import { sendDue } from '../send-due.ts'
import { retryAttention } from '../settle-report.ts'

/** All of the outbox that pages and worker call: as it is, or as a mutant has it. */
export const outboxCode = { OutboxUnavailableError, newDraft, refreshKeys, rememberingStore, retryAttention, saveFollowUp, saveReport, sendDue, sendUntilQuiet }
export type OutboxCode = typeof outboxCode
