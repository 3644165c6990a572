import type { ComponentChildren } from 'preact';
import { useId } from 'preact/hooks';

interface LabeledProps {
  readonly label: string;
  /** Whether the control takes a full row. */
  readonly isWide?: boolean;
  /** Renders the control, which must have the given id. */
  readonly children: (id: string) => ComponentChildren;
}

/** A control with its label. The label does not enclose the control, because the options of a select would become part of it. */
export function Labeled({ label, isWide = false, children }: LabeledProps) {
  const id = useId();
  return (
    <div class={isWide ? 'field wide' : 'field'}>
      <label for={id}>{label}</label>
      {children(id)}
    </div>
  );
}
