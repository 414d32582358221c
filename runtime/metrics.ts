import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';

/** Counts a wait that was looked at and still goes on: an alarm rings when these gather. */
export function stuckWait(): void {
  const metrics = new Metrics({ namespace: 'Drawbridge', serviceName: 'drawbridge' });
  metrics.addMetric('StuckWait', MetricUnit.Count, 1);
  metrics.publishStoredMetrics();
}
