import type { Text } from '../../../messages/text-in.ts'
import { SHORTEST_PASSWORD } from '../../../server/identity/check-password.ts'
import type { FormField } from './identity-form.tsx'

/** The fields that several forms ask for, in the words of a language. */
export function fieldsOf(text: Text) {
  const words = { show: text('identity.show'), hide: text('identity.hide') }
  const email = { kind: 'text', name: 'email', label: text('identity.email'), type: 'email', inputMode: 'email', maxLength: 254 } as const
  return {
    /** With which passkeys are offered as well. */
    signInEmail: { ...email, autoComplete: 'username webauthn' },
    newEmail: (hint?: string) => ({ ...email, hint, autoComplete: 'username' }),
    /** Of somebody else: not to be filled in with one's own. */
    othersEmail: (hint?: string) => ({ ...email, hint, autoComplete: 'off' }),
    currentPassword: (name = 'password', label = text('identity.password')) => ({ kind: 'password', name, label, autoComplete: 'current-password', words }),
    newPassword: (name = 'password') => ({
      kind: 'password', name, label: text('identity.newPassword'), autoComplete: 'new-password', words, hint: text('identity.passwordHint', { shortest: SHORTEST_PASSWORD }),
    }),
    accountNumber: { kind: 'text', name: 'accountNumber', label: text('identity.accountNumber'), hint: text('identity.accountNumberHint'), autoComplete: 'off', inputMode: 'text' },
    contact: { kind: 'text', name: 'contact', label: text('identity.contact'), hint: text('identity.contactHint'), autoComplete: 'email', inputMode: 'text' },
    code: { kind: 'text', name: 'code', label: text('identity.code'), hint: text('identity.codeHint'), autoComplete: 'one-time-code', inputMode: 'numeric' },
  } as const satisfies Record<string, FormField | ((word?: string, other?: string) => FormField)>
}
