import { LONGEST_TIMER_MS } from '../core/longest-timer.ts';

/** Rings once at a moment of service time, however far away it is. */
export interface Alarm {
  /** Replaces the moment; null to never ring. */
  set(at: number | null): void;
}

/**
 * Creates an alarm that is not set.
 * @param now the service time
 * @param ring called at the moment, or before it when the moment is weeks away; it must then set the alarm again
 */
export function createAlarm(now: () => number, ring: () => void): Alarm {
  let timer: NodeJS.Timeout | undefined;
  let setFor: number | null = null;

  function fire(): void {
    setFor = null;
    ring();
  }

  return {
    set(at) {
      if (at === setFor) return;
      clearTimeout(timer);
      setFor = at;
      if (at === null) return;
      timer = setTimeout(fire, Math.min(Math.max(1, at - now()), LONGEST_TIMER_MS));
    },
  };
}
