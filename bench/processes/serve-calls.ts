/** The calls that a process accepts. */
export type Calls = Readonly<Record<string, (argument: never) => unknown>>;

export interface Order {
  readonly id: number;
  readonly name: string;
  readonly argument: unknown;
}

export type Reply =
  | { readonly type: 'done'; readonly id: number; readonly result: unknown }
  | { readonly type: 'failed'; readonly id: number; readonly message: string };

/** Executes the calls of the parent process, and ends with it. */
export function serveCalls(calls: Calls): void {
  process.on('message', (order: Order) => {
    void obey(calls, order).then((reply) => process.send?.(reply));
  });
  process.on('disconnect', () => process.exit());
}

async function obey(calls: Calls, { id, name, argument }: Order): Promise<Reply> {
  try {
    const call = calls[name];
    if (call === undefined) throw new Error(`unknown call "${name}"`);
    return { type: 'done', id, result: await call(argument as never) };
  } catch (error) {
    return {
      type: 'failed',
      id,
      message: error instanceof Error ? (error.stack ?? error.message) : String(error),
    };
  }
}
