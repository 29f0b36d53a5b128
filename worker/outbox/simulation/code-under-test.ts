import { sendUntilQuiet } from '../../send-until-quiet.ts'
import { refreshKeys } from '../attempt-send.ts'
import { draftFor, mayGoOn, shownTo, takenUp } from '../ownership.ts'
import { OutboxUnavailableError } from '../outbox-store.ts'
import { rememberingStore } from '../remembering-store.ts'
import { saveFollowUp } from '../save-follow-up.ts'
import { newDraft, saveReport } from '../save-report.ts'
import { sendDue } from '../send-due.ts'
import { retryAttention } from '../settle-report.ts'

/** All of the outbox that pages and worker call: as it is, or as a mutant has it. */
export const outboxCode = { OutboxUnavailableError, draftFor, mayGoOn, newDraft, refreshKeys, rememberingStore, retryAttention, saveFollowUp, saveReport, sendDue, sendUntilQuiet, shownTo, takenUp }
export type OutboxCode = typeof outboxCode
