import { loadPacks } from '../mock-server/load-packs.ts';
import { createLoadedPacks } from '../mock-server/packs/loaded-packs.ts';
import { runWorld } from './world.ts';
const packs = createLoadedPacks(loadPacks());
const from = Number(process.argv[2] ?? 1), n = Number(process.argv[3] ?? 1), lives = Number(process.argv[4] ?? 100);
for (let s = from; s < from + n; s++) {
  const t = performance.now();
  const r = await runWorld({ seed: String(s), lives, packs });
  process.stdout.write(`${s} ${JSON.stringify(r.conditions)} ${Math.round(performance.now() - t)}ms ${JSON.stringify(r.counts)}\n   ${r.violation ? r.violation.invariant + ': ' + r.violation.detail.slice(0, 900) : 'ok'}\n`);
}
