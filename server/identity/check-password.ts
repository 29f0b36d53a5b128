import type { ZxcvbnFactory } from '@zxcvbn-ts/core'
import { utility } from '../../utility.config.ts'
import type { FieldProblem } from '../../domain/problem.ts'
import { InvalidInputError } from '../platform/errors.ts'

export const SHORTEST_PASSWORD = 12
export const LONGEST_PASSWORD = 128
/** Of zxcvbn's 0–4: at least 10^8 guesses. */
const LEAST_SCORE = 3
/** So much of it must be left without what is known of the person and of us. */
const LEAST_OWN_CHARS = 6
/** The check's time grows with the square of it, and what begins well enough is good enough. */
const LOOKED_AT = 64
const OURS = ['stormdoor', 'portal', ...utility.name.split(/\W+/), ...utility.shortName.split(/\W+/)].filter((word) => word.length > 2)

let strength: Promise<ZxcvbnFactory> | null = null

/** Its word lists are half a megabyte: read when the first password is chosen. */
async function loadStrength(): Promise<ZxcvbnFactory> {
  const [{ ZxcvbnFactory }, { adjacencyGraphs, dictionary }] = await Promise.all([import('@zxcvbn-ts/core'), import('@zxcvbn-ts/language-common')])
  return new ZxcvbnFactory({ dictionary, graphs: adjacencyGraphs, maxLength: LOOKED_AT })
}

/**
 * Refuses a new password that is too short, too long, common, or easily guessed from what is known of the person. There are no rules
 * of composition. Throws InvalidInputError with one of the rules `password-too-short`, `password-too-long`, `password-common`, `password-weak`.
 * @param about words that it must not be made of: the email address, the account number
 * @param field JSON Pointer of it in the form
 */
export async function checkPassword(password: string, about: readonly string[], field = '/password'): Promise<void> {
  const refuse = (problem: Omit<FieldProblem, 'field'>): never => {
    throw new InvalidInputError([{ field, ...problem }])
  }
  const length = Array.from(password).length
  if (length < SHORTEST_PASSWORD) return refuse({ rule: 'password-too-short', fix: `Use at least ${SHORTEST_PASSWORD} characters; several words are easy to remember` })
  if (password.length > LONGEST_PASSWORD) return refuse({ rule: 'password-too-long', fix: `Use at most ${LONGEST_PASSWORD} characters` })
  strength ??= loadStrength().catch((error: unknown) => {
    strength = null
    throw error
  })
  const known = [...OURS, ...about.flatMap((word) => [word, ...word.split(/[@.\s_-]+/)])].filter((word) => word.length > 2).map((word) => word.toLowerCase())
  const left = known.toSorted((one, other) => other.length - one.length).reduce((rest, word) => rest.replaceAll(word, ''), password.toLowerCase())
  const weak = { rule: 'password-weak', fix: 'This is easily guessed; use several words that do not belong together' }
  if (left.replace(/\s/g, '').length < LEAST_OWN_CHARS) return refuse(weak)
  const { score, sequence } = (await strength).check(password.slice(0, LOOKED_AT), known)
  if (score >= LEAST_SCORE) return
  const common = sequence.some((match) => match.pattern === 'dictionary' && match.dictionaryName.startsWith('passwords'))
  refuse(common
    ? { rule: 'password-common', fix: 'This is one of the passwords that are tried first; use several words that do not belong together' }
    : weak)
}
