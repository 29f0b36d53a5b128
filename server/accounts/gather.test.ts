import { describe, expect, it } from 'vitest'
import { gather } from './gather.ts'

const client = {}

function recorded(fail: (questions: readonly number[]) => Error | null = () => null) {
  const asked: number[][] = []
  const ask = gather(3, async (_client: object, questions: readonly number[]) => {
    asked.push([...questions])
    const error = fail(questions)
    await Promise.resolve()
    if (error) throw error
    return questions.map((question) => question * 10)
  })
  return { asked, ask }
}

describe('gathered questions @reads', () => {
  it('go together when they come together, so many at a time, and each gets its own answer', async () => {
    const { asked, ask } = recorded()
    expect(await Promise.all([1, 2, 3, 4, 5].map((question) => ask(client, question)))).toEqual([10, 20, 30, 40, 50])
    expect(asked).toEqual([[1, 2, 3], [4, 5]])
    expect(await Promise.all([ask(client, 6), ask({}, 7)])).toEqual([60, 70])
    expect(asked.slice(2)).toEqual([[6], [7]])
  })

  it('fail together when the store does, and alone when one of them cannot be answered', async () => {
    const away = recorded(() => new Error('away'))
    expect((await Promise.allSettled([away.ask(client, 1), away.ask(client, 2)])).map(({ status }) => status)).toEqual(['rejected', 'rejected'])
    expect(away.asked).toEqual([[1, 2]])
    const broken = recorded((questions) => (questions.includes(2) ? new RangeError('bytes') : null))
    expect(await Promise.allSettled([broken.ask(client, 1), broken.ask(client, 2)])).toEqual([{ status: 'fulfilled', value: 10 }, { status: 'rejected', reason: new RangeError('bytes') }])
  })
})
