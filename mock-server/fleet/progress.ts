/** The place that this replica has applied, and those who wait for one. */
export interface Progress {
  /** Must be called when the commands up to a place are applied. */
  reach(place: number): void;
  /** Resolves when they are. */
  reached(place: number): Promise<void>;
}

export function createProgress(): Progress {
  let place = 0;
  let waiting: { readonly place: number; readonly done: () => void }[] = [];
  return {
    reach(reached) {
      place = reached;
      if (waiting.length === 0) return;
      const ready = waiting.filter((one) => one.place <= place);
      waiting = waiting.filter((one) => one.place > place);
      for (const { done } of ready) done();
    },
    reached: (wanted) =>
      wanted <= place ? Promise.resolve() : new Promise((done) => waiting.push({ place: wanted, done })),
  };
}
