/** What a pace needs of the page. */
export interface PaceOptions {
  /** Makes a call. */
  readonly call: () => Promise<void>;
  /** Milliseconds that pass steadily. */
  readonly now: () => number;
  readonly later: (callback: () => void, delayMs: number) => void;
}

/** Makes calls about news, but never so many that the server spends much of its time on them. */
export interface Pace {
  /** Makes a call as soon as the pace allows it, if the number is another one than before. */
  note(news: number): void;
  /** Makes a call in any case, as soon as the pace allows it. */
  renew(): void;
  stop(): void;
}

/** Pause after a call, as a multiple of the time that it took. */
const PAUSE_FACTOR = 5;
const SHORTEST_PAUSE_MS = 1000;

export function createPace({ call, now, later }: PaceOptions): Pace {
  let [asked, noted] = [-1, -1];
  let nextAt = Number.NEGATIVE_INFINITY;
  let [isBusy, isStopped] = [false, false];

  function schedule(): void {
    if (isBusy || isStopped || asked === noted) return;
    isBusy = true;
    later(() => void run(), Math.max(0, nextAt - now()));
  }

  async function run(): Promise<void> {
    if (isStopped) return;
    asked = noted;
    const startedAt = now();
    await call();
    const endedAt = now();
    nextAt = endedAt + Math.max(SHORTEST_PAUSE_MS, PAUSE_FACTOR * (endedAt - startedAt));
    isBusy = false;
    schedule();
  }

  return {
    note(news) {
      noted = news;
      schedule();
    },
    renew() {
      asked = -1;
      schedule();
    },
    stop() {
      isStopped = true;
    },
  };
}
