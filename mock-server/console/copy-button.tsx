import { useState } from 'preact/hooks';
import { copyText } from './copy-text.ts';

interface CopyProps {
  readonly text: string;
  readonly label: string;
}

/** One function, because a new one would be called at each render. */
const selectOnce = (field: HTMLTextAreaElement | null): void => field?.select();

/** Copies a text; where the browser does not allow it, shows the text selected. */
export function CopyButton({ text, label }: CopyProps) {
  const [result, setResult] = useState<'' | 'copied' | 'denied'>('');
  const copy = async (): Promise<void> => setResult((await copyText(text)) ? 'copied' : 'denied');
  return (
    <span class="copy">
      <button type="button" data-copies={text} onClick={() => void copy()}>
        {label}
      </button>
      <span role="status">
        {result === 'copied' && 'Copied'}
        {result === 'denied' && 'The browser does not allow copying. Copy this text:'}
      </span>
      {result === 'denied' && (
        <textarea readOnly rows={3} aria-label="Text to copy" value={text} ref={selectOnce} />
      )}
    </span>
  );
}
