/** Streams to hold open, and until when their first words about each report count. */
export interface ListenJob {
  url: string
  /** Of one session, shared by all. */
  cookie: string
  listeners: number
}

export interface Heard {
  listeners: number
  /** Different reports that anybody heard of, accepted since the job began. */
  reports: number
  /** First words about a report at a listener: `listeners` × `reports` when nobody missed any. */
  heard: number
  /** From acceptance to the listener's first word about it. */
  p50Ms: number
  p99Ms: number
  /** To the first and the last listener of a report, the medians over all reports. */
  firstMs: number
  lastMs: number
  bytesPerListener: number
  messages: number
  /** Streams that ended on the way. */
  ended: number
}

/** `begin` opens the streams and answers when all are open; `end` answers what was heard once there were so many reports, or when patience ends. */
export type ListenMessage = { begin: ListenJob } | { end: { reports: number; withinMs: number } }
