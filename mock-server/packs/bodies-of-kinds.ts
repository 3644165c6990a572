import type { TaskContext } from './pack.ts';

/** Renders something about a task: a body, or an answer. */
type Render<Result> = (context: TaskContext) => Result;
type ByState<Result> = ReadonlyMap<string, Render<Result>>;

/**
 * Adds the bodies or answers that some kinds have of their own to those of all kinds. The kind of the task decides.
 * @param absent stands for one that does not exist
 */
export function withBodiesOfKinds<Result>(
  shared: ByState<Result>,
  ofKinds: ReadonlyMap<string, ByState<Result>>,
  absent: Result,
): ByState<Result> {
  if (ofKinds.size === 0) return shared;
  const states = new Set([...shared.keys(), ...[...ofKinds.values()].flatMap((own) => [...own.keys()])]);
  return new Map([...states].map((state) => [state, choiceFor(state)]));

  function choiceFor(state: string): Render<Result> {
    const usual = shared.get(state);
    const own = new Map(
      [...ofKinds].flatMap(([kind, bodies]) => {
        const body = bodies.get(state);
        return body === undefined ? [] : [[kind, body] as const];
      }),
    );
    // A task whose kind was removed by an edit of the pack may not have a body any more.
    return (context) => (own.get(context.plan.kind) ?? usual)?.(context) ?? absent;
  }
}
