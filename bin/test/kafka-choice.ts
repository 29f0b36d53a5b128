export interface KafkaChoice {
  /** `refuse`: a failure, for this run may not leave the tests out. */
  kind: 'run' | 'skip' | 'refuse'
  /** What is missing; empty for `run`. */
  because: string
}

const no = new Set([undefined, '', '0', 'false'])

/**
 * What becomes of the tests on real brokers: a machine without Java or Maven leaves them out, except in continuous
 * integration (`CI`, or `STORMDOOR_REQUIRE_KAFKA`, which .ci/run sets).
 * @param missing null when brokers can run here
 */
export function kafkaChoice(missing: string | null, variables: Readonly<Record<string, string | undefined>>): KafkaChoice {
  if (missing === null) return { kind: 'run', because: '' }
  const required = !no.has(variables.CI) || !no.has(variables.STORMDOOR_REQUIRE_KAFKA)
  return { kind: required ? 'refuse' : 'skip', because: missing }
}
