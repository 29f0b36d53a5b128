import { hash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { ForbiddenError, NotSignedInError } from '../platform/errors.ts'
import { parseServiceTokens, requireService } from './service-token.ts'

const list = `bench:preload:${hash('sha256', 'first')}, nightly:preload:${hash('sha256', 'second')}`

describe('service tokens @identity', () => {
  it('name the program that shows one', () => {
    const tokens = parseServiceTokens(list)
    expect(requireService(tokens, 'Bearer second', 'preload')).toEqual({ name: 'nightly' })
    expect(requireService(tokens, 'bearer first', 'preload')).toEqual({ name: 'bench' })
  })

  it.each([undefined, '', 'Bearer', 'Bearer third', 'Basic first', 'first', `Bearer ${hash('sha256', 'first')}`])('refuse %j', (header) => {
    expect(() => requireService(parseServiceTokens(list), header, 'preload')).toThrow(NotSignedInError)
    expect(() => requireService([], header, 'preload')).toThrow(NotSignedInError)
  })

  it('refuse a program that may not do this', () => {
    const [token] = parseServiceTokens(list)
    expect(() => requireService([{ ...token!, scopes: [] }], 'Bearer first', 'preload')).toThrow(ForbiddenError)
  })

  it('let a program do what each of its scopes is for, and nothing else', () => {
    const tokens = parseServiceTokens(`both:preload+accept-difference:${hash('sha256', 'third')}, ${list}`)
    expect(requireService(tokens, 'Bearer third', 'preload')).toEqual({ name: 'both' })
    expect(requireService(tokens, 'Bearer third', 'accept-difference')).toEqual({ name: 'both' })
    expect(() => requireService(tokens, 'Bearer first', 'accept-difference')).toThrow(new ForbiddenError('This token is not for accept-difference'))
  })

  it.each(['name', 'name:preload:abc', `name:other:${hash('sha256', 'a')}`, `a b:preload:${hash('sha256', 'a')}`])('say which entry is wrong, and nothing of it: %s', (entry) => {
    expect(() => parseServiceTokens(`${list},${entry}`)).toThrow(/entry 3 is not/)
  })
})
