import type { Measure } from './bench.ts';
import { callbacks } from './callbacks.ts';
import { fleet } from './fleet.ts';
import { lifecycle } from './lifecycle.ts';
import { packs } from './packs.ts';
import { polling } from './polling.ts';
import { startup } from './startup.ts';
import { tasks } from './tasks.ts';

/** All measures, in the order in which they run. */
export const MEASURES: readonly Measure[] = [
  {
    name: 'polling',
    what: 'polls of one finished task, compared with a bare node:http server and with Prism',
    rounds: 5,
    run: polling,
  },
  {
    name: 'callbacks',
    what: 'callbacks of many tasks to one receiver, compared with a bare undici loop and with Prism',
    rounds: 5,
    run: callbacks,
  },
  {
    name: 'startup',
    what: 'time from spawning "stuntdouble start" to its "listening" line, compared with a bare node:http script',
    rounds: 15,
    run: startup,
  },
  {
    name: 'packs',
    what: 'start-up time, memory and polls with sixty packs, compared with the built-in ones',
    rounds: 7,
    run: packs,
  },
  {
    name: 'tasks',
    what: 'memory of a million live tasks, and the cost of one submission and one poll among them',
    rounds: 5,
    run: tasks,
  },
  {
    name: 'lifecycle',
    what: 'complete lifetimes of a hundred thousand tasks on the virtual clock',
    rounds: 3,
    run: lifecycle,
  },
  {
    name: 'fleet',
    what: 'polls and submissions to one of three replicas on Redis, compared with a mock alone (Linux, with redis-server)',
    rounds: 5,
    run: fleet,
  },
];
