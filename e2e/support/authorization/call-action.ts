import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { projectFolder } from '../../../bin/setup/project-folder.ts'
import type { Portal } from '../portal.ts'
import type { CookieJar } from './cookie-jar.ts'

export interface ServerAction {
  id: string
  /** A page that has it, as its pattern: `/desk/accounts/[accountNumber]`. */
  page: string
}
/** By `file#name`. */
export type ServerActions = ReadonlyMap<string, ServerAction>

interface Manifest {
  node: Record<string, { exportedName: string; filename: string; workers: Record<string, unknown> }>
}

/** Every server action that the build would run. */
export function serverActions(): ServerActions {
  const manifest = JSON.parse(readFileSync(join(projectFolder, '.next/server/server-reference-manifest.json'), 'utf8')) as Manifest
  return new Map(
    Object.entries(manifest.node).map(([id, { exportedName, filename, workers }]) => {
      const [worker] = Object.keys(workers).sort()
      return [`${filename}#${exportedName}`, { id, page: worker!.replace(/^app/, '').replace(/\/page$/, '') }]
    }),
  )
}

/** What an action is called with: JSON, or the fields of a form. */
export type ActionArgument = null | string | number | object | { form: Record<string, string> }

export interface ActionAnswer {
  response: Response
  /** `to /path`, the code of its failure, `refused` by words alone, `done`, or `status 500`. */
  outcome: string
  body: string
}

/** Calls a server action as Next's script does. */
export async function callAction(portal: Portal, jar: CookieJar, { id, page }: ServerAction, args: readonly ActionArgument[], headers: Record<string, string> = {}): Promise<ActionAnswer> {
  const response = await fetch(`${portal.url}${page.replaceAll(/\[\w+\]/g, 'x')}`, {
    method: 'POST',
    redirect: 'manual',
    headers: { accept: 'text/x-component', 'next-action': id, origin: portal.url, ...jar.header(), ...headers },
    body: bodyOf(args),
  })
  const body = await response.text()
  jar.keep(response)
  return { response, body, outcome: outcomeOf(response, body) }
}

/** As React encodes arguments: forms beside, under the number that stands in their place. */
function bodyOf(args: readonly ActionArgument[]): FormData {
  const body = new FormData()
  const root = args.map((argument, index) => {
    if (!isForm(argument)) return argument
    for (const [name, value] of Object.entries(argument.form)) body.append(`_${index + 1}_${name}`, value)
    return `$K${(index + 1).toString(16)}`
  })
  body.append('0', JSON.stringify(root))
  return body
}

function isForm(argument: ActionArgument): argument is { form: Record<string, string> } {
  return typeof argument === 'object' && argument !== null && 'form' in argument
}

/** The shapes in which this portal's actions say that they failed. */
interface Answered {
  code?: string
  failure?: { code: string } | null
  wrong?: object | null
  path?: string
  words?: string
}

function outcomeOf(response: Response, body: string): string {
  const redirected = response.headers.get('x-action-redirect')
  if (redirected !== null) return `to ${redirected.split(/[;?]/)[0]!}`
  const [, row] = /^1:(.*)$/m.exec(body) ?? []
  if (response.status !== 200 || row === undefined || !/^[{["ntf\d]/.test(row)) return `status ${response.status}`
  const answered = JSON.parse(row) as Answered | null
  if (answered === null || typeof answered !== 'object') return 'done'
  const code = answered.failure?.code ?? answered.code
  if (code !== undefined) return code
  if (answered.path !== undefined) return `to ${answered.path.split('?')[0]!}`
  return answered.wrong || answered.words !== undefined ? 'refused' : 'done'
}
