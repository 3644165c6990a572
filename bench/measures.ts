import type { Measure } from './bench.ts';
import { callbacks } from './callbacks.ts';
import { lifecycle } from './lifecycle.ts';
import { polling } from './polling.ts';
import { startup } from './startup.ts';
import { tasks } from './tasks.ts';

/** Everything that can be measured, in the order in which it is. */
export const MEASURES: readonly Measure[] = [
  {
    name: 'polling',
    what: 'one finished task, polled: against a bare node:http server and against Prism',
    rounds: 5,
    run: polling,
  },
  {
    name: 'callbacks',
    what: 'callbacks of many tasks to one receiver: against a bare undici loop and against Prism',
    rounds: 5,
    run: callbacks,
  },
  {
    name: 'startup',
    what: 'from spawning "stuntdouble start" to its "listening" line: against a bare node:http script',
    rounds: 15,
    run: startup,
  },
  {
    name: 'tasks',
    what: 'a million live tasks: memory, and what one submission and one poll cost among them',
    rounds: 5,
    run: tasks,
  },
  {
    name: 'lifecycle',
    what: 'a hundred thousand tasks through their whole lives on the virtual clock',
    rounds: 3,
    run: lifecycle,
  },
];
