/**
 * Why a delivery is sent: for the state of its task, as a duplicate, without being genuine, again by a command, or with
 * a body that cannot be read.
 */
export type DeliveryReason = 'outcome' | 'duplicate' | 'forged' | 'redelivered' | 'malformed';

/** The part of a delivery that tells why it is sent. */
interface Sent {
  readonly id: string;
  readonly event: string;
  readonly state: string;
  readonly url: string;
  readonly flaw: string | null;
  readonly kind?: string;
  readonly endpoint?: string;
}

interface OtherDeliveries {
  /** The deliveries of the plan. */
  readonly planned: readonly Sent[];
  /** The deliveries that were added later. */
  readonly added: readonly Sent[];
  /** The callback fault of the scenario. */
  readonly callback: string | null;
}

/** Returns why a delivery of a task is sent. */
export function reasonOf(delivery: Sent, { planned, added, callback }: OtherDeliveries): DeliveryReason {
  const { id, flaw } = delivery;
  if (flaw === 'forged') return 'forged';
  if (added.some((one) => one.id === id)) return isRepeated(delivery, added) ? 'redelivered' : 'outcome';
  if (flaw === 'malformed' || flaw === 'truncated') return 'malformed';
  const doubles = callback === 'duplicate' || callback === 'concurrent-duplicate';
  return doubles && isLastOfItsKind(delivery, planned) ? 'duplicate' : 'outcome';
}

/** Deliveries to registered endpoints are added when a state is reached; all others are added by a command. */
function isRepeated({ id, endpoint, event, state }: Sent, added: readonly Sent[]): boolean {
  if (endpoint === undefined) return true;
  const first = added.find((one) => one.endpoint === endpoint && one.event === event && one.state === state);
  return first?.id !== id;
}

/** A scenario applies its fault to the last callback of each event and URL. */
function isLastOfItsKind({ id, event, url, kind }: Sent, planned: readonly Sent[]): boolean {
  if (kind !== undefined) return false;
  const same = planned.filter((one) => one.kind === undefined && one.event === event && one.url === url);
  return same.length > 1 && same.at(-1)?.id === id;
}
