import { randomBytes } from 'node:crypto'
import { systemClock, systemRandom } from '../../../domain/clock.ts'
import { staffMay, type StaffPermission } from '../../../domain/staff-permissions.ts'
import { uuidV7 } from '../../../domain/uuid.ts'
import type { ActionArgument } from './call-action.ts'
import { isCustomer, isStaff, type Visitor } from './visitors.ts'
import type { Known } from './who-may.ts'

export interface Act {
  /** As whoever may would send it. */
  args: (known: Known) => readonly ActionArgument[]
  /** What this visitor is answered instead; null: they may. */
  instead: (visitor: Visitor) => string | null
  /** Takes from whoever may ask what the other acts need: asked last, in the order of the table. */
  leaves?: true
}

type Fields = (known: Known) => Record<string, string>

const newId = () => uuidV7(systemClock, systemRandom)
const SIGN_IN_FIRST = 'to /account/sign-in'

const formOf = (before: ActionArgument, fields: Fields): Act['args'] => (known) => [before, { form: fields(known) }]
const NOT_ASKED = { answer: 0, typed: {}, wrong: null }

const forAll = (args: Act['args']): Act => ({ args, instead: () => null })
/** What goes by a link or a cookie of its own, and not by who is signed in: without it all are nobody. */
const linkForm = (args: Act['args']): Act => ({ args, instead: () => 'not-signed-in' })
const customerForm = (fields: Fields): Act => ({ args: formOf(NOT_ASKED, fields), instead: (visitor) => (isCustomer(visitor) ? null : SIGN_IN_FIRST) })
/** The fields name what is the first customer's: the other one may ask, and is told that there is no such thing. */
const ownersForm = (fields: Fields): Act => ({ args: formOf(NOT_ASKED, fields), instead: (visitor) => (visitor === 'customer' ? null : visitor === 'other customer' ? 'refused' : SIGN_IN_FIRST) })
const customerCall = (args: Act['args']): Act => ({ args, instead: (visitor) => (isCustomer(visitor) ? null : SIGN_IN_FIRST) })
const staffCall = (permission: StaffPermission | null, args: Act['args']): Act => ({
  args,
  instead: (visitor) => {
    if (!isStaff(visitor)) return 'not-signed-in'
    return permission === null || staffMay(visitor, permission) ? null : 'forbidden'
  },
})

const none: Fields = () => ({})
const own = ({ customer }: Known) => customer.account.accountNumber

/** Every server action, by file and name: who may, and what others are answered. The walk fails for one that does not stand here. */
export const ACTS: Readonly<Record<string, Act>> = {
  'app/account/add/actions.ts#askForAccountCode': customerForm((known) => ({ accountNumber: own(known), contact: '+17075559999' })),
  'app/account/add/actions.ts#finishAddAccount': customerForm(({ nobodys }) => ({ additionId: nobodys, code: '123456' })),
  'app/account/household/actions.ts#invite': ownersForm((known) => ({ commandId: newId(), accountNumber: own(known), email: 'invited@example.com', role: 'may-report' })),
  'app/account/household/actions.ts#takeBackInvitation': ownersForm((known) => ({ accountNumber: own(known), invitationId: known.invitationId })),
  'app/account/household/actions.ts#changePersonsRole': ownersForm((known) => ({ commandId: newId(), accountNumber: own(known), loginId: known.loginId, role: 'owner' })),
  'app/account/household/actions.ts#removePerson': { ...ownersForm((known) => ({ commandId: newId(), accountNumber: own(known), loginId: known.loginId })), leaves: true },
  'app/account/invitation/actions.ts#accept': customerForm(none),
  'app/account/invitation/actions.ts#signUpAndAccept': forAll(formOf(NOT_ASKED, () => ({ password: 'a long password of nobody' }))),
  'app/account/reset/actions.ts#askForLink': forAll(formOf(NOT_ASKED, () => ({ email: 'nobody@example.com' }))),
  'app/account/reset/actions.ts#setNewPassword': forAll(formOf(NOT_ASKED, () => ({ password: 'a long password of nobody' }))),
  'app/account/security/actions.ts#changeOwnPassword': customerForm(() => ({ currentPassword: 'a guess', newPassword: 'a long password of somebody' })),
  'app/account/security/actions.ts#nameOwnPasskey': customerForm(({ nobodys }) => ({ passkeyId: nobodys, name: 'Mine' })),
  'app/account/security/actions.ts#removeOwnPasskey': customerForm(({ nobodys }) => ({ passkeyId: nobodys })),
  'app/account/security/actions.ts#endOwnSession': ownersForm(({ secondSessionId }) => ({ sessionId: secondSessionId })),
  'app/account/security/actions.ts#leaveEverywhere': { ...customerForm(none), leaves: true },
  'app/account/security/actions.ts#signOut': { ...forAll(() => []), leaves: true },
  'app/account/security/passkey-actions.ts#askForNewPasskey': customerCall(() => []),
  'app/account/security/passkey-actions.ts#addPasskey': customerCall(() => [{}, 'Mine']),
  'app/account/sign-in/actions.ts#signIn': forAll(formOf(NOT_ASKED, () => ({ email: '', password: '' }))),
  'app/account/sign-in/passkey-actions.ts#askForPasskey': forAll(() => []),
  'app/account/sign-in/passkey-actions.ts#signInByPasskey': forAll(() => [{}, '/en/account']),
  'app/account/sign-up/actions.ts#askForCode': forAll(formOf(NOT_ASKED, () => ({ accountNumber: '', contact: '' }))),
  'app/account/sign-up/actions.ts#finishSignUp': forAll(formOf(NOT_ASKED, ({ nobodys }) => ({ signUpId: nobodys, code: '123456', email: 'nobody@example.com', password: 'a long password of nobody' }))),

  'app/desk/actions.ts#signOut': { ...forAll(() => []), leaves: true },
  'app/desk/accounts/[accountNumber]/actions.ts#reveal': staffCall('account.reveal', (known) => [{ form: { revealId: newId(), accountNumber: own(known), why: 'caller-verified', words: 'the walk' } }]),
  'app/desk/accounts/[accountNumber]/actions.ts#addNote': staffCall('account.note', (known) => [{ form: { noteId: newId(), accountNumber: own(known), text: 'of the walk' } }]),
  'app/desk/accounts/[accountNumber]/actions.ts#setFlags': staffCall('account.flag', (known) => [{ form: { flaggingId: newId(), accountNumber: own(known), basedOn: '', flags: 'safety-risk' } }]),
  'app/desk/my-sign-in/actions.ts#changePassword': staffCall(null, formOf({ failure: null, done: false }, () => ({ current: 'a guess', password: 'a long password of somebody' }))),
  'app/desk/my-sign-in/actions.ts#replaceFactor': staffCall(null, formOf({ failure: null, done: false }, () => ({ code: '000000' }))),
  'app/desk/new-report/actions.ts#reportForCaller': staffCall('report.take', formOf({ fields: null, failure: null, answer: 0 }, (known) => ({
    id: newId(), secret: randomBytes(16).toString('base64url'), savedAt: new Date().toISOString(), locale: 'en', accountNumber: own(known), scope: 'whole-home',
  }))),
  'app/desk/reports/actions.ts#handle': staffCall('report.handle', ({ reportId }) => [{ handlingId: newId(), reportId, step: 'claimed', basedOn: null }]),
  'app/desk/staff/actions.ts#administer': staffCall('staff.manage', formOf({ failure: null, done: null }, ({ nobodys }) => ({ act: 'disable', 'commandId-disable': newId(), staffId: nobodys }))),
  'app/desk/undelivered/actions.ts#redo': staffCall('delivery.redo', ({ nobodys }) => [nobodys]),

  'app/sign-in/actions.ts#signIn': forAll(formOf({ email: '', failure: null }, () => ({ email: '', password: '' }))),
  'app/sign-in/code/actions.ts#confirm': forAll(formOf(null, () => ({ code: '' }))),
  'app/sign-in/enrol/actions.ts#enrol': linkForm(formOf({ failure: null, recoveryCodes: null }, () => ({ code: '' }))),
  'app/sign-in/new-password/actions.ts#setPassword': linkForm(formOf(null, () => ({ token: 'no-token', password: 'a long password of nobody' }))),
}
