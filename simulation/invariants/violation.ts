/** What must be true after every step. */
export const INVARIANTS = {
  found: 'no answered task is lost',
  forward: 'states only go forward',
  acknowledged: 'no attempt follows an acknowledgement',
  policy: 'attempts never exceed the policy, except for marked repeats',
  limits: 'slots and windows are never exceeded',
  once: 'each call, and each use of a queued scenario, has its effect once',
  agree: 'replicas that have read as far agree byte for byte',
  snapshots: 'a snapshot with the commands after it gives the live state',
  settled: 'everything that is due happens',
  sound: 'no command fails because of a defect',
} as const;

export type Invariant = keyof typeof INVARIANTS;

export interface Violation {
  readonly invariant: Invariant;
  readonly detail: string;
}

/** Reports a violation. The first one ends the run. */
export type Report = (invariant: Invariant, detail: string) => void;
