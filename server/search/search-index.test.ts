import { describe, expect, it } from 'vitest'
import { SearchIndex } from './search-index.ts'
import type { SearchedAccount } from './searched-account.ts'

const people: Partial<SearchedAccount>[] = [
  { name: 'José Muñoz', line1: '1204 North Oak Street', city: 'Alder', phones: ['+17075550101'], email: 'jose.munoz84@example.com' },
  { name: 'Mary O’Brien', line1: '12 Elm Ave', line2: 'Apt 4B', city: 'Alder', phones: ['+14155550102'] },
  { name: 'Philip Gonzales', line1: '77 Park Dr', city: 'Birchton', phones: ['+17075550103', '+16285550199'], meterNumber: 'M31415926' },
  { name: 'Anna and Peter Whittaker', line1: '1204 Elm Ave', city: 'Birchton', phones: [] },
  { name: 'Anne Whitaker', line1: '9 Lake Rd', city: 'Alder', phones: [] },
  { name: 'Maria de la Cruz', line1: '310 42nd St', city: 'Oakdale', phones: [] },
  { name: 'Oak Hardware', line1: '5 Mill Ln', city: 'Alder', phones: [] },
  { name: 'Smith Smithson', line1: '1 First St', city: 'Alder', phones: [] },
]

function indexOf(accounts: readonly Partial<SearchedAccount>[]): SearchIndex {
  const index = new SearchIndex()
  accounts.forEach((account, at) => index.add(at + 1, accountOf(account, at)))
  return index
}

function accountOf(account: Partial<SearchedAccount>, at: number): SearchedAccount {
  return { accountNumber: `41000000${at}5`, meterNumber: `M2000000${at}`, name: '', line1: '', city: '', postalCode: '95400', phones: [], closed: false, ...account }
}

const index = indexOf(people)
const found = (typed: string) => index.find(typed, 5).map(({ doc }) => people[doc - 1]!.name)

describe('the search index @search', () => {
  it.each([
    ['gonzales', 'Philip Gonzales'], ['gonsalez', 'Philip Gonzales'], ['gnozales', 'Philip Gonzales'], ['fillip', 'Philip Gonzales'], ['philp gonzale', 'Philip Gonzales'],
    ['jose munoz', 'José Muñoz'], ['MUÑOZ', 'José Muñoz'], ['munios jose', 'José Muñoz'], ['obrien', 'Mary O’Brien'], ["o'brien", 'Mary O’Brien'], ['o brien', 'Mary O’Brien'],
    ['12 elm', 'Mary O’Brien'], ['elm ave apt 4b', 'Mary O’Brien'], ['1204 oak', 'José Muñoz'], ['1204 north oak street', 'José Muñoz'], ['oak st 1204 munoz', 'José Muñoz'],
    ['cruz 42nd', 'Maria de la Cruz'], ['cruz 42', 'Maria de la Cruz'], ['gonzales 0199', 'Philip Gonzales'], ['whitaker 1204', 'Anna and Peter Whittaker'], ['p whittaker', 'Anna and Peter Whittaker'],
  ])('finds for %s the one who is meant, first', (typed, name) => {
    expect(found(typed)[0]).toBe(name)
  })

  it.each([
    ['707 555 0101', 'José Muñoz'], ['(707) 555-0101', 'José Muñoz'], ['+1 707 555 0101', 'José Muñoz'], ['5550101', 'José Muñoz'], ['70755501', 'José Muñoz'], ['7075550110', 'José Muñoz'],
    ['4100000025', 'Philip Gonzales'], ['410000002', 'Philip Gonzales'], ['m31415926', 'Philip Gonzales'], ['314159', 'Philip Gonzales'], ['31415962', 'Philip Gonzales'],
    ['jose.munoz84@example.com', 'José Muñoz'], ['jose.mun', 'José Muñoz'], ['jose.munos84@', 'José Muñoz'],
  ])('finds by the number or mail address %s', (typed, name) => {
    expect(found(typed)[0]).toBe(name)
  })

  it('finds somebody from the first letters on, with each letter that follows', () => {
    for (const typed of ['g', 'go', 'gon', 'gonz', 'gonza', 'phil', 'philip g', 'philip gonz']) expect(found(typed)).toContain('Philip Gonzales')
  })

  it('puts what is written so before what is like it, a name before a street, and the shorter name first', () => {
    expect(found('whitaker')).toEqual(['Anne Whitaker', 'Anna and Peter Whittaker'])
    expect(found('oak').slice(0, 3)).toEqual(['Oak Hardware', 'José Muñoz', 'Maria de la Cruz'])
    expect(indexOf([{ name: 'Ada Stone Field' }, { name: 'Ada Stone' }]).find('ada stone', 5).map(({ doc }) => doc)).toEqual([2, 1])
  })

  it.each(['philip hinzalze', '1204 nor', '1204 nroth', '1204 21t'])('tells by %s which of two is meant that have its other word', (typed) => {
    const two = indexOf([{ name: 'Philip Marrow', line1: '1204 Elm Ave' }, { name: 'Philip Gonzales', line1: '1204 North 21st St', line2: 'Unit 4' }])
    expect(two.find(typed, 5)[0]).toMatchObject({ doc: 2 })
  })

  it('puts an open account before a closed one that is as near', () => {
    expect(indexOf([{ name: 'Ada Stone', closed: true }, { name: 'Ada Stone' }]).find('stone', 5).map(({ doc }) => doc)).toEqual([2, 1])
  })

  it('finds an account as it is now, not as it was', () => {
    const changing = indexOf(people)
    changing.remove(3)
    changing.add(people.length + 1, accountOf({ name: 'Philippa Reyes', line1: '77 Park Dr' }, 2))
    expect(changing.find('gonzales', 5)).toEqual([])
    expect(changing.find('reyes 77', 5).map(({ doc }) => doc)).toEqual([people.length + 1])
  })

  it('finds what the other words say when one is like nothing', () => {
    expect(found('gonzales xqzwv')[0]).toBe('Philip Gonzales')
  })

  it('finds a misspelled name also when somebody’s mailbox begins so', () => {
    const two = indexOf([{ name: 'Ada Stone', email: 'gonsalez@example.com' }, { name: 'Philip Gonzales' }])
    expect(new Set(two.find('gonsalez', 5).map(({ doc }) => doc))).toEqual(new Set([1, 2]))
  })

  it('answers whatever is typed', () => {
    const hostile = ['', ' ', '"', '* OR 1=1 --', 'name:x NEAR/2', '\0', '\uD800', '(', '%_%', '🙂', '__proto__ constructor', "'; DROP TABLE account", 'a'.repeat(10_000), '1'.repeat(10_000), 'a b '.repeat(2_500), '山田', 'é'.repeat(500)]
    for (const typed of hostile) expect(found(typed).length).toBeLessThanOrEqual(5)
    expect(found('"gonzales" OR *')[0]).toBe('Philip Gonzales')
  })

  it('keeps the numbers of many accounts apart as they grow', () => {
    const many = new SearchIndex()
    const numbers = Array.from({ length: 3_000 }, (_, at) => String(4_100_000_000 + ((at * 7_919_317) % 99_999_989)))
    numbers.forEach((accountNumber, at) => many.add(at + 1, accountOf({ accountNumber, name: `Ada ${at}` }, 0)))
    for (const at of [0, 511, 512, 1_500, 2_999]) expect(many.find(numbers[at]!, 5)[0]).toMatchObject({ doc: at + 1, cost: 0 })
  })
})
