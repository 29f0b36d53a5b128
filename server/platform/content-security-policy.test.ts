import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { policyOfPage, policyWithNonce } from './content-security-policy.ts'

const HTTP = 'http://localhost:3000'
const sha256 = (script: string) => `'sha256-${createHash('sha256').update(script).digest('base64')}'`
const directive = (policy: string, name: string) => policy.split('; ').find((part) => part.startsWith(`${name} `))

test('every inline script and style of a page is named once, files are not', () => {
  const html =
    '<style>a{}</style><script src="/a.js" async=""></script><script>one()</script><script id="x">two()\n</script><script>one()</script>'
  const policy = policyOfPage(html, HTTP)
  expect(directive(policy, 'script-src')).toBe(`script-src 'self' ${sha256('one()')} ${sha256('two()\n')}`)
  expect(directive(policy, 'style-src')).toBe(`style-src 'self' ${sha256('a{}')}`)
})

test('neither kind of policy lets an unnamed inline script run, and both keep to https where the portal does', () => {
  const withNonce = (publicUrl: string) => policyWithNonce('n0nce', publicUrl)
  expect(directive(withNonce(HTTP), 'script-src')).toBe("script-src 'self' 'nonce-n0nce' 'strict-dynamic'")
  for (const policyAt of [withNonce, (publicUrl: string) => policyOfPage('', publicUrl)]) {
    expect(policyAt(HTTP)).not.toContain('unsafe')
    expect(directive(policyAt(HTTP), 'style-src')).toBe("style-src 'self'")
    expect(policyAt(HTTP)).toContain("frame-ancestors 'none'")
    expect(policyAt(HTTP)).not.toContain('upgrade-insecure-requests')
    expect(policyAt('https://portal.example')).toContain('upgrade-insecure-requests')
  }
})
