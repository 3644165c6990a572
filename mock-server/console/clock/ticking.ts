import { signal } from '@preact/signals';
import { useEffect } from 'preact/hooks';

/** Changes regularly while a component uses it, so that counters are rendered again. */
const tick = signal(0);
let users = 0;
let timer: ReturnType<typeof setInterval> | undefined;

const still = matchMedia('(prefers-reduced-motion: reduce)');

/** Renders the component again while time passes: four times a second, or once a second with reduced motion. */
export function useTicking(): void {
  const _tick = tick.value;
  useEffect(() => {
    users += 1;
    if (users === 1) {
      timer = setInterval(
        () => {
          tick.value += 1;
        },
        still.matches ? 1000 : 250,
      );
    }
    return () => {
      users -= 1;
      if (users === 0) clearInterval(timer);
    };
  }, []);
}
