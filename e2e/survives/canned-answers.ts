import type { Given } from '../support/gateway.ts'

type Headers = Record<string, string>

/** An answer in the door's own form. */
export function problem(status: number, code: string, headers: Headers = {}): Given {
  const body = { type: `urn:stormdoor:problem:${code}`, title: 'Not taken', status, traceId: 'c0ffee00c0ffee00c0ffee00c0ffee00' }
  return { status, headers: { 'content-type': 'application/problem+json', ...headers }, body: JSON.stringify(body) }
}

/** What a load balancer, a firewall or a proxy says in its own name. */
export function html(status: number, headers: Headers = {}): Given {
  return { status, headers: { 'content-type': 'text/html', ...headers }, body: `<html><head><title>${status}</title></head><body><h1>${status}</h1></body></html>` }
}

export function json(status: number, body: object): Given {
  return { status, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }
}
