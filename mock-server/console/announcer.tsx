import { signal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { onEveryEntry } from './live.ts';

/** Settled callbacks are collected this long before they are announced. */
const COLLECTED_MS = 1000;
const announcement = signal('');

/** Tells screen readers how many callbacks were acknowledged or abandoned, at most once a second. */
export function Announcer() {
  useEffect(() => {
    let counts = { acknowledged: 0, abandoned: 0 };
    let timer: ReturnType<typeof setTimeout> | undefined;
    function announce(): void {
      timer = undefined;
      const words = Object.entries(counts).filter(([, count]) => count > 0);
      announcement.value = words.map(([status, count]) => `${count} ${status}`).join(', ');
      counts = { acknowledged: 0, abandoned: 0 };
    }
    const stop = onEveryEntry((entry) => {
      if (entry.type !== 'delivery.settled') return;
      counts[entry.status] += 1;
      timer ??= setTimeout(announce, COLLECTED_MS);
    });
    return () => {
      clearTimeout(timer);
      stop();
    };
  }, []);
  return (
    <p class="unseen" aria-live="polite" data-announcement>
      {announcement.value}
    </p>
  );
}
