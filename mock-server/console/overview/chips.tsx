import { lanes, refusals, version } from '../live.ts';
import { LANE_STATUSES } from '../model/lane.ts';
import { statusIn, withStatus } from '../model/query.ts';
import { STATUS_SYMBOLS } from '../model/status-symbols.ts';
import { choose, linkTo } from '../route.ts';
import { counts } from './animate.ts';
import { search, terms } from './view-state.ts';

/** The number of tasks in each delivery status. Each chip filters the list. */
export function Chips() {
  const chosen = statusIn(terms.value);
  const _version = version.value;
  const all = Object.values(counts.value).reduce((sum, count) => sum + count, 0);
  return (
    <fieldset class="chips">
      <legend class="unseen">Delivery status</legend>
      <Chip isChosen={chosen === null} onChoose={() => choose({ q: withStatus(search.value, null) })}>
        all <b>{all.toLocaleString('en')}</b>
      </Chip>
      {LANE_STATUSES.map((status) => (
        <Chip
          key={status}
          status={status}
          isChosen={chosen === status}
          onChoose={() => choose({ q: withStatus(search.value, chosen === status ? null : status) })}
        >
          <span aria-hidden="true">{STATUS_SYMBOLS[status]}</span> {status}{' '}
          <b>{counts.value[status].toLocaleString('en')}</b>
        </Chip>
      ))}
      {refusals.value.length > 0 && (
        <a class="refused" href={linkTo('drive')}>
          {refusals.value.length} refused {refusals.value.length === 1 ? 'call' : 'calls'}
        </a>
      )}
      {lanes.total > lanes.list.length && (
        <span class="loaded">
          {lanes.list.length.toLocaleString('en')} of {lanes.total.toLocaleString('en')} loaded
        </span>
      )}
    </fieldset>
  );
}

interface ChipProps {
  readonly status?: string;
  readonly isChosen: boolean;
  readonly onChoose: () => void;
  readonly children: preact.ComponentChildren;
}

function Chip({ status, isChosen, onChoose, children }: ChipProps) {
  return (
    <button type="button" class="chip" data-status={status} aria-pressed={isChosen} onClick={onChoose}>
      {children}
    </button>
  );
}
