export interface StepFate {
  /** `refuse`: a failure, for this run may not leave the tests out. */
  kind: 'run' | 'skip' | 'refuse'
  /** What is missing; empty for `run`. */
  because: string
}

const no = new Set([undefined, '', '0', 'false'])

/**
 * What becomes of a step that needs what this machine may not have: left out, except where it may not be.
 * @param missing null when it can run here
 * @param requiredBy values of variables; with one of them set the step may not be left out
 */
export function fateOf(missing: string | null, requiredBy: ReadonlyArray<string | undefined>): StepFate {
  if (missing === null) return { kind: 'run', because: '' }
  return { kind: requiredBy.some((value) => !no.has(value)) ? 'refuse' : 'skip', because: missing }
}

/**
 * What becomes of the tests on real brokers: a machine without Java or Maven leaves them out, except in continuous
 * integration (`CI`, or `STORMDOOR_REQUIRE_KAFKA`, which .ci/run sets).
 */
export function kafkaChoice(missing: string | null, variables: Readonly<Record<string, string | undefined>>): StepFate {
  return fateOf(missing, [variables.CI, variables.STORMDOOR_REQUIRE_KAFKA])
}
