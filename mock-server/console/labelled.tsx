import type { ComponentChildren } from 'preact';
import { useId } from 'preact/hooks';

interface LabelledProps {
  readonly label: string;
  /** Takes a row of its own. */
  readonly isWide?: boolean;
  /** Makes the control, which must have this id. */
  readonly children: (id: string) => ComponentChildren;
}

/** A control and its name; around a select, a label would be named by every choice there is. */
export function Labelled({ label, isWide = false, children }: LabelledProps) {
  const id = useId();
  return (
    <div class={isWide ? 'field wide' : 'field'}>
      <label for={id}>{label}</label>
      {children(id)}
    </div>
  );
}
