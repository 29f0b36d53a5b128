/** What varies in the matrix varies by this number: given by `npm run survives -- --seed N`, 1 in a test run. */
export function survivesSeed(): number {
  return Number(process.env[SEED_VARIABLE] ?? 1)
}

export const SEED_VARIABLE = 'STORMDOOR_SURVIVES_SEED'
