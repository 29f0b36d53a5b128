import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { contentSecurityPolicy, inlineScriptHashes } from './content-security-policy.ts'

const sha256 = (script: string) => createHash('sha256').update(script).digest('base64')

test('every inline script of a page is named once, files are not', () => {
  const html = '<script src="/a.js" async=""></script><script>one()</script><script id="x">two()\n</script><script>one()</script>'
  expect(inlineScriptHashes(html)).toEqual([sha256('one()'), sha256('two()\n')])
})

test('neither kind of policy lets an unnamed inline script run', () => {
  const byHash = contentSecurityPolicy({ hashes: ['abc='] })
  const byNonce = contentSecurityPolicy({ nonce: 'n0nce' })
  expect(byHash).toContain("script-src 'self' 'sha256-abc=';")
  expect(byNonce).toContain("script-src 'self' 'nonce-n0nce' 'strict-dynamic';")
  for (const policy of [byHash, byNonce]) {
    expect(policy).not.toContain('unsafe')
    expect(policy).toContain("style-src 'self';")
    expect(policy).toContain("frame-ancestors 'none'")
  }
})
