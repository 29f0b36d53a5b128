import { accountNumberKey } from '../../../domain/account.ts'
import type { Locale } from '../../../domain/report-choices.ts'
import { uuidV7 } from '../../../domain/uuid.ts'
import { getAccount } from '../../accounts/get-account.ts'
import { normalizePhone } from '../../accounts/normalize-phone.ts'
import { InvalidInputError } from '../../platform/errors.ts'
import type { CustomerAuth } from './customer-auth.ts'
import { emailField } from './parse-form.ts'
import { whenIdentityAnswers } from './when-identity-answers.ts'

const CODE_MINUTES = 10
/** What is over is kept for a day, for whoever asks why a code did not work. */
const FORGOTTEN_AFTER_MS = 24 * 60 * 60_000

export interface CodeAsked {
  /** As typed. */
  accountNumber: string
  /** A phone or an email address, as typed. */
  contact: string
  /** Who alone may use the code; null for a sign-up. */
  loginId: string | null
  /** Address of the client, for the limits. */
  source: string
  locale: Locale
  template: 'sign-up-code' | 'account-code'
}

/**
 * Makes a code for an account and sends it to a contact on file. Whether there is such an account, and whether the contact is its own,
 * is looked at after the answer: words and work until then are the same. Throws InvalidInputError (/contact), TooManyRequestsError,
 * ReadsUnavailableError.
 * @returns id of the code
 */
export async function askForCode(customers: CustomerAuth, asked: CodeAsked): Promise<string> {
  const { clock, random, limits, database, secrets, messages } = customers
  const contact = contactOf(asked.contact, customers.utility.defaultCountry)
  await limits.takeAsked(asked.source)
  await limits.takeCode(contact.to)
  const id = uuidV7(clock, random)
  const code = secrets.code()
  const accountKey = accountNumberKey(asked.accountNumber)
  const expiresAt = new Date(clock.nowMs() + CODE_MINUTES * 60_000)
  try {
    await whenIdentityAnswers(() => database.customerCode.create({ data: { id, accountKey, codeHash: secrets.hashOf(`code ${id}`, code), loginId: asked.loginId, expiresAt } }))
  } catch (error) {
    await limits.giveBackCode(contact.to)
    throw error
  }
  messages.later(() => sendIfOnFile(customers, { ...asked, id, code, contact }))
  return id
}

type Contact = { to: string; channel: 'sms' | 'email' }

function contactOf(typed: string, country: string): Contact {
  const email = emailField.safeParse(typed)
  if (email.success) return { to: email.data, channel: 'email' }
  const phone = typed.includes('@') ? null : normalizePhone(typed, country)
  if (phone === null) throw new InvalidInputError([{ field: '/contact', rule: 'contact', fix: 'Give a phone number or an email address that we have on file' }])
  return { to: phone, channel: 'sms' }
}

async function sendIfOnFile(customers: CustomerAuth, { id, code, contact, ...asked }: Omit<CodeAsked, 'contact'> & { id: string; code: string; contact: Contact }): Promise<void> {
  const { database, clock, limits, messages, audit } = customers
  await database.customerCode.deleteMany({ where: { expiresAt: { lt: new Date(clock.nowMs() - FORGOTTEN_AFTER_MS) } } })
  const account = (await getAccount(customers.sources, asked.accountNumber))?.value
  if (!account) return
  const { phones, email } = account.personal
  if (!(contact.channel === 'sms' ? phones.includes(contact.to) : email === contact.to)) return
  await database.customerCode.update({ where: { id }, data: { matched: account.accountNumber } })
  if (!(await limits.mayReachAccount(accountNumberKey(account.accountNumber)))) return
  messages.send({ ...contact, locale: asked.locale, template: asked.template, values: { code } })
  audit.take({
    actor: asked.loginId === null ? { kind: 'guest', id: 'sign-up' } : { kind: 'customer', id: asked.loginId },
    act: 'login.code-sent', subject: { kind: 'account', id: account.accountNumber }, after: { channel: contact.channel },
  })
}
