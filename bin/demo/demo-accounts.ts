/** Customers of the demo utility, unless another count is asked for. */
export const DEMO_ACCOUNTS = 5_000
