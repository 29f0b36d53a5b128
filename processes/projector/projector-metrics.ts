import { counter, gauge } from '../../server/platform/metrics.ts'

const labels = ['projection', 'partition'] as const

export const projectorMetrics = {
  lagRecords: gauge('stormdoor_projection_lag_records', 'Records of the log that are not applied yet', labels),
  lagSeconds: gauge('stormdoor_projection_lag_seconds', 'Age of the newest applied record while there is lag; else 0', labels),
  applied: counter('stormdoor_projection_applied_total', 'Records applied', labels),
  skipped: counter('stormdoor_projection_skipped_total', 'Records passed over', [...labels, 'reason']),
  state: gauge('stormdoor_projection_state', '1 for the state that the projection is in', [...labels, 'state']),
}
