import { randomUUID } from 'node:crypto'
import { link, open, readFile, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { CoreRefusedError } from '../core-errors.ts'
import type { CoreReceipt } from '../core-system.ts'

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/
/** Of file systems that know no hard links. */
const NO_LINKS: ReadonlySet<string> = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK'])
const CONFLICT = 409

/** Deliveries as files of the outbox, `<id>.json` each: whole and durable, or not there. What the utility has taken away it knows by its id. */
export class OutboxFolder {
  readonly #path: string

  constructor(path: string) {
    this.#path = path
  }

  /**
   * @param id UUID in lower case
   * @throws CoreRefusedError 409 when other bytes stand under that id
   */
  async put(id: string, body: Uint8Array): Promise<CoreReceipt> {
    if (!UUID.test(id)) throw new TypeError('A delivery is named by a UUID')
    const path = join(this.#path, `${id}.json`)
    const partial = join(this.#path, `.${id}.${randomUUID()}.partial`)
    try {
      await writeDurably(partial, body)
      const repeated = !(await placeOnce(partial, path))
      if (repeated && !(await readFile(path)).equals(body)) throw new CoreRefusedError(CONFLICT, 'The outbox holds another file of this id')
      // Of a repeat too: whoever placed it may have been killed before this.
      await syncFolder(this.#path)
      return { reference: id, repeated }
    } finally {
      await rm(partial, { force: true })
    }
  }
}

async function writeDurably(path: string, body: Uint8Array): Promise<void> {
  const file = await open(path, 'wx', 0o640)
  try {
    await file.writeFile(body)
    await file.sync()
  } finally {
    await file.close()
  }
}

/** False when there is a file of that name already. A link and no rename: of two at once one loses, and replaces nothing. */
async function placeOnce(partial: string, path: string): Promise<boolean> {
  try {
    await link(partial, path)
    return true
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException
    if (code === 'EEXIST') return false
    if (!NO_LINKS.has(code)) throw error
  }
  if (await stat(path).then(() => true, () => false)) return false
  await rename(partial, path)
  return true
}

async function syncFolder(path: string): Promise<void> {
  const folder = await open(path)
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}
