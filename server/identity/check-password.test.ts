import { expect, it } from 'vitest'
import { InvalidInputError } from '../platform/errors.ts'
import { checkPassword } from './check-password.ts'

const about = ['somebody@example.com', '4100-000001']

async function ruleOf(password: string): Promise<string | null> {
  const refusal = await checkPassword(password, about).then(() => null, (error: unknown) => error)
  if (refusal !== null) expect(refusal).toBeInstanceOf(InvalidInputError)
  return (refusal as InvalidInputError | null)?.fields[0]?.rule ?? null
}

it.each([
  ['elevenchars', 'password-too-short'],
  ['ñññññññññññ', 'password-too-short'],
  ['x'.repeat(129), 'password-too-long'],
  ['password1234', 'password-common'],
  ['iloveyou1234', 'password-common'],
  ['aaaaaaaaaaaaaaaa', 'password-weak'],
  ['somebody@example.com', 'password-weak'],
  ['4100-000001 4100', 'password-weak'],
  ['Harbor Valley', 'password-weak'],
])('%s is refused as %s @identity', async (password, rule) => {
  expect(await ruleOf(password)).toBe(rule)
})

it.each(['seven quiet lanterns drift', 'lluvia sobre la ventana azul', 'кот на крыше поёт ночью', 'g7#kQ!v2Lp9x', `${'seven quiet lanterns drift '.repeat(4)}ok`])('%s is taken: no rule says what it must be made of @identity', async (password) => {
  expect(await ruleOf(password)).toBeNull()
})
