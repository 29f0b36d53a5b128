/** What a form of these pages was answered, in the words of the request's language. */
export interface FormState {
  /** How often it was answered; each answer is read out anew. */
  answer: number
  /** As it was typed, but for what is secret. */
  typed: Readonly<Record<string, string>>
  wrong: Wrong | null
}

export interface Wrong {
  title: string
  /** What is wrong beside no field. */
  words: string | null
  fields: readonly { field: string; words: string }[]
}

export const NOT_ASKED: FormState = { answer: 0, typed: {}, wrong: null }

export type FormAction = (before: FormState, form: FormData) => Promise<FormState>
