/** One measurement of a Kafka floor, sent to its process. */
export interface ProduceJob {
  /** Sent but not counted: compilers and caches get warm. */
  warmUpSeconds: number
  seconds: number
  /** Callers that each wait for one acknowledgement before they send again. */
  inFlight: number
}

export interface ProduceResult {
  /** Acknowledged within the counted seconds. */
  acked: number
  /** Of the whole run, warm-up included. */
  ackedInAll: number
  ackedPerSecond: number
  p50Ms: number
  p99Ms: number
}
