import { access, constants } from 'node:fs/promises'
import { join } from 'node:path'
import type { Clock } from '../../../domain/clock.ts'
import { CallLimit } from '../call-limit.ts'
import type { Snapshot } from '../core-answers.ts'
import type { CorePayment } from '../core-delivery.ts'
import { CoreGoneError, CoreUnavailableError } from '../core-errors.ts'
import type { CoreCall, CoreChanges, CoreDelivery, CoreReceipt, CoreSystem, KnownAnswer } from '../core-system.ts'
import { ChangeFiles } from './change-files.ts'
import { OutboxFolder } from './outbox-folder.ts'
import { SnapshotFiles } from './snapshot-files.ts'
import { UnpackedFiles } from './unpacked-files.ts'

/**
 * A core system that exchanges files in a folder: the utility puts snapshots and changes into `inbox/`, and takes
 * deliveries out of `outbox/`. Both folders must be there: made by us, they could lie where a share is not mounted.
 */
export class FileDropCoreSystem implements CoreSystem {
  readonly singleAccountsAreCheap = false
  readonly #snapshots: SnapshotFiles
  readonly #changes: ChangeFiles
  readonly #outbox: OutboxFolder
  readonly #folders: readonly [inbox: string, outbox: string]
  readonly #options: { clock: Clock; timeoutMs: number }
  readonly #closing = new AbortController()

  /** @param options.folder absolute; options.timeoutMs for a whole call: a network share can hang */
  constructor(options: { folder: string; timeoutMs: number; clock: Clock }) {
    const inbox = join(options.folder, 'inbox')
    this.#snapshots = new SnapshotFiles(inbox, new UnpackedFiles(this.#closing.signal))
    this.#changes = new ChangeFiles(inbox)
    const outbox = join(options.folder, 'outbox')
    this.#outbox = new OutboxFolder(outbox)
    this.#folders = [inbox, outbox]
    this.#options = options
  }

  async snapshot(known: KnownAnswer | null, call: CoreCall): Promise<Snapshot | 'unchanged'> {
    const newest = await this.#limited(call, () => this.#snapshots.newest())
    return newest.etag === known?.etag ? 'unchanged' : newest
  }

  snapshotPage(snapshotId: string, after: string | null, limit: number, call: CoreCall): Promise<{ rows: unknown[]; next: string | null }> {
    return this.#limited(call, () => this.#snapshots.page(snapshotId, after, limit))
  }

  async accountChanges(since: string, limit: number, known: KnownAnswer | null, call: CoreCall): Promise<CoreChanges | 'unchanged'> {
    const changes = await this.#limited(call, () => this.#changes.after(since, limit))
    return changes.etag === known?.etag ? 'unchanged' : changes
  }

  account(accountNumber: string, call: CoreCall): Promise<unknown> {
    return this.#limited(call, async () => {
      const { snapshotId, changesFrom } = await this.#snapshots.newest()
      const change = await this.#changes.newestOf(accountNumber, changesFrom)
      if (change) return change.type === 'closed' ? null : change.account
      return this.#snapshots.find(snapshotId, accountNumber)
    })
  }

  deliverReport({ id, body }: CoreDelivery, call: CoreCall): Promise<CoreReceipt> {
    return this.#limited(call, () => this.#outbox.put(id, body))
  }

  deliverPayment(payment: CorePayment, call: CoreCall): Promise<CoreReceipt> {
    return this.#limited(call, () => this.#outbox.put(payment.paymentId, Buffer.from(JSON.stringify(payment))))
  }

  reach(call: CoreCall): Promise<void> {
    const [inbox, outbox] = this.#folders
    return this.#limited(call, async () => {
      await Promise.all([access(inbox, constants.R_OK), access(outbox, constants.W_OK)])
    })
  }

  async close(): Promise<void> {
    this.#closing.abort(new CoreUnavailableError('The folder of the core system was closed', { kind: 'closed' }))
  }

  /** What is done with files cannot be called off: at its limit the call ends without it. */
  async #limited<T>(call: CoreCall, work: () => Promise<T>): Promise<T> {
    const limit = new CallLimit(call, this.#options.timeoutMs, this.#closing.signal, this.#options.clock)
    try {
      limit.signal.throwIfAborted()
      return await limit.within(work().catch(fileFailure))
    } finally {
      limit.end()
    }
  }
}

function fileFailure(error: unknown): never {
  const { code, syscall } = error as NodeJS.ErrnoException
  if (syscall === undefined || code === undefined) throw error
  // Between finding a file and opening it the utility may have cleaned up.
  if (code === 'ENOENT' && syscall === 'open' && /accounts-|changes-/.test((error as NodeJS.ErrnoException).path ?? '')) throw new CoreGoneError('The file was taken away', { cause: error })
  throw new CoreUnavailableError(`The folder of the core system cannot be used (${code})`, { kind: code, cause: error })
}
