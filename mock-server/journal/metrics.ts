import { outcomeName } from '../core/outcome-name.ts';
import type { Journal } from './journal.ts';
import type { PackedEntry } from './journal-entry.ts';
import { sharedOf } from './packed-plan.ts';

/** Counts journal entries and renders them as Prometheus text (exposition format 0.0.4). */
export interface Metrics {
  render(): string;
}

interface Metric {
  readonly help: string;
  readonly labels: readonly string[];
}

const METRICS = {
  stuntdouble_requests_total: {
    help: 'Vendor requests answered.',
    labels: ['pack', 'operation', 'status'],
  },
  stuntdouble_tasks_total: {
    help: 'Tasks submitted, by planned outcome.',
    labels: ['pack', 'outcome'],
  },
  stuntdouble_attempts_total: { help: 'Callback attempts, by outcome.', labels: ['event', 'outcome'] },
  stuntdouble_deliveries_total: { help: 'Deliveries settled.', labels: ['event', 'status'] },
  stuntdouble_media_requests_total: { help: 'Media requests answered.', labels: ['status'] },
  stuntdouble_media_bytes_total: { help: 'Media bytes sent.', labels: [] },
} as const satisfies Readonly<Record<string, Metric>>;

type Name = keyof typeof METRICS;

/** Joins label values in a key. Counting happens on every poll, so text is rendered only on request. */
const SEPARATOR = '\n';

/**
 * Creates metrics that count the entries of a journal.
 * @param gauges values read when the metrics are rendered
 */
export function createMetrics(journal: Journal, gauges: Readonly<Record<string, () => number>>): Metrics {
  const counters = new Map<Name, Map<string, number>>();
  for (const name of Object.keys(METRICS)) counters.set(name as Name, new Map());

  function add(name: Name, values: string, amount = 1): void {
    const counter = counters.get(name);
    counter?.set(values, (counter.get(values) ?? 0) + amount);
  }

  journal.addFold({
    name: 'metrics',
    counted: ['request.answered', 'media.served'],
    apply(entry) {
      // Prometheus handles counters that restart from zero.
      if (entry.type === 'server.reset') for (const counter of counters.values()) counter.clear();
      else count(entry, add);
    },
    save: () => [...counters].map(([name, counter]) => [name, [...counter]]),
    load(saved) {
      const [name, rows] = saved as readonly [Name, readonly (readonly [values: string, amount: number])[]];
      for (const [values, amount] of rows) add(name, values, amount);
    },
  });

  return {
    render() {
      const lines = [...counters].flatMap(([name, values]) => renderCounter(name, values));
      for (const [name, read] of Object.entries(gauges)) {
        lines.push(`# TYPE ${name} gauge`, `${name} ${read()}`);
      }
      return `${lines.join('\n')}\n`;
    },
  };
}

function renderCounter(name: Name, counter: ReadonlyMap<string, number>): string[] {
  const { help, labels } = METRICS[name];
  const rows = [...counter].map(([values, amount]) => {
    const parts = values.split(SEPARATOR);
    const shown = labels.map((label, index) => `${label}="${escapeLabel(parts[index] ?? '')}"`);
    return `${name}{${shown.join(',')}} ${amount}`;
  });
  return [`# HELP ${name} ${help}`, `# TYPE ${name} counter`, ...rows];
}

function escapeLabel(value: string): string {
  return value.replaceAll('\\', '\\\\').replaceAll('"', '\\"');
}

function count(entry: PackedEntry, add: (name: Name, values: string, amount?: number) => void): void {
  switch (entry.type) {
    case 'request.answered':
      return add(
        'stuntdouble_requests_total',
        joined(entry.pack ?? 'none', entry.operation ?? 'none', String(entry.status ?? 'reset')),
      );
    case 'task.submitted': {
      const { pack, outcome } = sharedOf(entry.packed);
      return add('stuntdouble_tasks_total', joined(pack, outcomeName(outcome)));
    }
    case 'attempt.ended':
      return add('stuntdouble_attempts_total', joined(entry.event, entry.attempt.outcome));
    case 'delivery.settled':
      return add('stuntdouble_deliveries_total', joined(entry.event, entry.status));
    case 'media.served':
      add('stuntdouble_media_requests_total', String(entry.status ?? 'none'));
      return add('stuntdouble_media_bytes_total', '', entry.bytesSent);
    default:
      return;
  }
}

function joined(first: string, second: string, third?: string): string {
  const pair = first + SEPARATOR + second;
  return third === undefined ? pair : pair + SEPARATOR + third;
}
