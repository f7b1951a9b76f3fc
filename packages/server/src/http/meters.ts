// What is counted, in the words of prom-client. One registry per app, so that two apps in one process do not meet.
import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';

export interface Meters {
  answered(method: string, route: string, status: number, tookMs: number): void;
  refused(code: string): void;
  verdict(outcome: string): void;
  /** A repair that a device told for the first time. */
  healed(entity: string, why: string, rows: number): void;
  listening(count: number): void;
  /** Prometheus text. */
  text(): Promise<string>;
}

export function openMeters(): Meters {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const registers = [registry];
  const requests = new Histogram({
    name: 'satchel_request_seconds',
    help: 'Time to answer a request',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.005, 0.02, 0.1, 0.5, 2, 10],
    registers,
  });
  const refusals = new Counter({
    name: 'satchel_refusals_total',
    help: 'Requests refused',
    labelNames: ['code'],
    registers,
  });
  const verdicts = new Counter({
    name: 'satchel_verdicts_total',
    help: 'Mutations judged',
    labelNames: ['outcome'],
    registers,
  });
  const heals = new Counter({
    name: 'satchel_heals_total',
    help: 'Repairs that devices told',
    labelNames: ['entity', 'why'],
    registers,
  });
  const healedRows = new Counter({
    name: 'satchel_healed_rows_total',
    help: 'Rows that were repaired on devices',
    labelNames: ['entity', 'why'],
    registers,
  });
  const listeners = new Gauge({ name: 'satchel_listeners', help: 'Devices waiting for wake-ups', registers });
  return {
    answered: (method, route, status, tookMs) => requests.observe({ method, route, status }, tookMs / 1_000),
    refused: (code) => refusals.inc({ code }),
    verdict: (outcome) => verdicts.inc({ outcome }),
    healed: (entity, why, rows) => {
      heals.inc({ entity, why });
      healedRows.inc({ entity, why }, rows);
    },
    listening: (count) => listeners.set(count),
    text: () => registry.metrics(),
  };
}
