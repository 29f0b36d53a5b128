import type { FieldProblem } from '../../../domain/problem.ts'
import type { Text } from '../../../messages/text-in.ts'
import { LONGEST_PASSWORD, SHORTEST_PASSWORD } from '../../../server/identity/check-password.ts'
import type { ActionFailure } from '../../action-result.ts'
import type { Wrong } from './form-state.ts'

type WordsKey = Parameters<Text>[0]
/** What a form says of a failure by its code, where it knows more than these pages in general. */
export type OwnWords = Readonly<Partial<Record<string, WordsKey>>>

const GENERAL: OwnWords = {
  'not-signed-in': 'identity.failed.sessionOver',
  'sign-in-again': 'identity.failed.sessionOver',
  'not-found': 'identity.failed.gone',
  forbidden: 'identity.failed.forbidden',
  conflict: 'identity.failed.conflict',
  overloaded: 'identity.failed.busy',
  'reads-unavailable': 'identity.failed.notNow',
  'log-unavailable': 'identity.failed.notNow',
  'audit-unavailable': 'identity.failed.notNow',
  indeterminate: 'identity.failed.unclear',
}

const FIELDS: OwnWords = {
  email: 'identity.wrong.email',
  password: 'identity.wrong.password',
  currentPassword: 'identity.wrong.password',
  newPassword: 'identity.wrong.password',
  accountNumber: 'identity.wrong.accountNumber',
  contact: 'identity.wrong.contact',
  code: 'identity.wrong.code',
  role: 'identity.wrong.role',
  name: 'identity.wrong.name',
}

/** What is sent along unseen: at fault, it is the whole form's. */
const UNSEEN: OwnWords = {
  token: 'identity.failed.link',
  credential: 'identity.passkey.failed',
  signUpId: 'identity.failed.code',
  additionId: 'identity.failed.code',
}

/** Why a form did nothing, in words: beside its fields where they are at fault, else in general. */
export function failureWords(failure: ActionFailure, text: Text, own: OwnWords = {}): Wrong {
  const unseen = failure.fields.map((problem) => UNSEEN[fieldOf(problem)]).find((key) => key !== undefined)
  if (failure.code !== 'invalid-input' || unseen) {
    return { title: text('identity.failedTitle'), words: unseen ? text(unseen) : generalWords(failure, text, own), fields: [] }
  }
  const fields = failure.fields.map((problem) => ({ field: fieldOf(problem), words: fieldWords(problem, text) }))
  return { title: text('identity.failedFields', { count: fields.length }), words: null, fields }
}

function generalWords({ code, retryAfterSeconds, traceId }: ActionFailure, text: Text, own: OwnWords): string {
  if (code === 'too-many-requests') return text('identity.failed.tooMany', { minutes: Math.ceil((retryAfterSeconds ?? 60) / 60) })
  const known = own[code] ?? GENERAL[code]
  return known ? text(known) : text('identity.failed.unknown', { code: traceId })
}

function fieldWords(problem: FieldProblem, text: Text): string {
  return text(RULES[problem.rule] ?? FIELDS[fieldOf(problem)] ?? 'identity.wrong.again', PASSWORD_CHARS)
}

const PASSWORD_CHARS = { shortest: SHORTEST_PASSWORD, longest: LONGEST_PASSWORD }
/** What is wrong by the code of a rule, where it says more than the field alone. */
const RULES: OwnWords = {
  code: 'identity.failed.code',
  'email-taken': 'identity.failed.taken',
  'wrong-password': 'identity.wrong.passwordWrong',
  'password-too-short': 'identity.wrong.passwordShort',
  'password-too-long': 'identity.wrong.passwordLong',
  'password-common': 'identity.wrong.passwordCommon',
  'password-weak': 'identity.wrong.passwordGuessable',
}

function fieldOf({ field }: FieldProblem): string {
  return field.replace(/^\//, '')
}
