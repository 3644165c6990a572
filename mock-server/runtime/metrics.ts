import type { Journal } from './journal.ts';
import type { JournalRecord } from './journal-record.ts';
import { sharedOf } from './packed-plan.ts';
import { outcomeName } from './task-report.ts';

/** Counters over the journal, as Prometheus text (exposition format 0.0.4). */
export interface Metrics {
  render(): string;
}

type Labels = Readonly<Record<string, string>>;

interface Counter {
  readonly help: string;
  readonly values: Map<string, number>;
}

const HELP = {
  stuntdouble_requests_total: 'Vendor requests answered.',
  stuntdouble_tasks_total: 'Tasks submitted, by the outcome they were planned with.',
  stuntdouble_attempts_total: 'Callback attempts, by how they ended.',
  stuntdouble_deliveries_total: 'Deliveries settled.',
  stuntdouble_media_requests_total: 'Media requests answered.',
  stuntdouble_media_bytes_total: 'Media bytes sent.',
} as const;

type Name = keyof typeof HELP;

/** @param gauges values read when the metrics are rendered */
export function createMetrics(journal: Journal, gauges: Readonly<Record<string, () => number>>): Metrics {
  const counters = new Map<Name, Counter>();
  for (const [name, help] of Object.entries(HELP)) counters.set(name as Name, { help, values: new Map() });

  function add(name: Name, labels: Labels, amount = 1): void {
    const values = counters.get(name)?.values;
    const key = Object.entries(labels)
      .map(([label, value]) => `${label}="${value.replace(/[\\"\n]/g, '_')}"`)
      .join(',');
    values?.set(key, (values.get(key) ?? 0) + amount);
  }

  journal.subscribe((record) => count(record, add));

  return {
    render() {
      const lines: string[] = [];
      for (const [name, { help, values }] of counters) {
        lines.push(`# HELP ${name} ${help}`, `# TYPE ${name} counter`);
        for (const [key, value] of values) lines.push(`${name}{${key}} ${value}`);
      }
      for (const [name, read] of Object.entries(gauges))
        lines.push(`# TYPE ${name} gauge`, `${name} ${read()}`);
      return `${lines.join('\n')}\n`;
    },
  };
}

function count(record: JournalRecord, add: (name: Name, labels: Labels, amount?: number) => void): void {
  switch (record.type) {
    case 'request.answered':
      return add('stuntdouble_requests_total', {
        pack: record.pack,
        operation: record.operation ?? 'none',
        status: String(record.status ?? 'reset'),
      });
    case 'task.submitted':
      return add('stuntdouble_tasks_total', {
        pack: sharedOf(record.packed).pack,
        outcome: outcomeName(sharedOf(record.packed).outcome),
      });
    case 'attempt.ended':
      return add('stuntdouble_attempts_total', { event: record.event, outcome: record.attempt.outcome });
    case 'delivery.settled':
      return add('stuntdouble_deliveries_total', { event: record.event, status: record.status });
    case 'media.served':
      add('stuntdouble_media_requests_total', { status: String(record.status ?? 'none') });
      return add('stuntdouble_media_bytes_total', {}, record.bytesSent);
    default:
      return;
  }
}
