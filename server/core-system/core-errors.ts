abstract class CoreError extends Error {
  override get name(): string {
    return this.constructor.name
  }
}

/** No answer, or "not now": passing. The call may have been carried out; the same id makes it harmless to repeat. */
export class CoreUnavailableError extends CoreError {
  /** It asked not to be called before so many milliseconds are over. */
  readonly retryAfterMs: number | undefined
  /** It answers, and asks for fewer calls (429) or for a later one: no sign of anything broken. */
  readonly throttled: boolean
  /** Kind of the failure, without any of its data: `time-out`, `ECONNRESET`, `http-503`. */
  readonly kind: string
  constructor(message: string, options: { kind: string; retryAfterMs?: number | undefined; throttled?: boolean; cause?: unknown }) {
    super(message, { cause: options.cause })
    this.kind = options.kind
    this.retryAfterMs = options.retryAfterMs
    this.throttled = options.throttled ?? false
  }
}

/** It will never take this as it is. */
export class CoreRefusedError extends CoreError {
  /** Of its answer; 0 when it is we who refuse, whatever it answers: then nothing is wrong with what was sent. */
  readonly status: number
  /** In its own words, cut to 500 characters: for staff alone. */
  readonly reason: string
  constructor(status: number, reason: string) {
    super(status === 0 ? reason : `The core system refused for good (${status})`)
    this.status = status
    this.reason = reason.slice(0, 500)
  }
}

/** The snapshot or cursor is no longer kept there. */
export class CoreGoneError extends CoreError {}

/** What it answered cannot be its answer: a page for people, another schema, too large. Passing, as a fault of the network is; counted apart. */
export class CoreAnswerError extends CoreError {}
