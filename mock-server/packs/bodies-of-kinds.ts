import type { TaskContext } from './pack.ts';
import type { Template } from './template.ts';

type Bodies = ReadonlyMap<string, Template<TaskContext>>;

/** Adds the bodies that some kinds have of their own to those of all kinds. The kind of the task decides. */
export function withBodiesOfKinds(shared: Bodies, ofKinds: ReadonlyMap<string, Bodies>): Bodies {
  if (ofKinds.size === 0) return shared;
  const states = new Set([...shared.keys(), ...[...ofKinds.values()].flatMap((own) => [...own.keys()])]);
  return new Map([...states].map((state) => [state, choiceFor(state, shared.get(state), ofKinds)]));
}

function choiceFor(
  state: string,
  shared: Template<TaskContext> | undefined,
  ofKinds: ReadonlyMap<string, Bodies>,
): Template<TaskContext> {
  const own = new Map(
    [...ofKinds].flatMap(([kind, bodies]) => {
      const body = bodies.get(state);
      return body === undefined ? [] : [[kind, body] as const];
    }),
  );
  // A task whose kind was removed by an edit of the pack may not have a body any more.
  return (context) => (own.get(context.plan.kind) ?? shared)?.(context) ?? 'null';
}
