import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client'

// The bundler gives routes another copy of this file than pages and the admin server: all count in one place.
const holder = globalThis as typeof globalThis & { stormdoorMetrics?: Registry }

/** One registry per process, served at /metrics of its admin port. */
export const metrics = (holder.stormdoorMetrics ??= new Registry())
let withDefaults = false

/** Adds process and runtime metrics, once. */
export function startMetrics(processName: string): void {
  if (withDefaults) return
  withDefaults = true
  metrics.setDefaultLabels({ process: processName })
  collectDefaultMetrics({ register: metrics })
}

/** @param name `stormdoor_<what>_total` */
export function counter<L extends string>(name: string, help: string, labelNames: readonly L[] = []): Counter<L> {
  return (registered(name) as Counter<L> | undefined) ?? new Counter({ name, help, labelNames, registers: [metrics] })
}

export function gauge<L extends string>(name: string, help: string, labelNames: readonly L[] = []): Gauge<L> {
  return (registered(name) as Gauge<L> | undefined) ?? new Gauge({ name, help, labelNames, registers: [metrics] })
}

/** @param name `stormdoor_<what>_seconds` */
export function histogram<L extends string>(name: string, help: string, labelNames: readonly L[] = []): Histogram<L> {
  const buckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]
  return (registered(name) as Histogram<L> | undefined) ?? new Histogram({ name, help, labelNames, buckets, registers: [metrics] })
}

/** By another copy of the caller: a name is written once in the code, so its kind is the same. */
function registered(name: string): unknown {
  return metrics.getSingleMetric(name)
}
