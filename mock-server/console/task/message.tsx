import { useState } from 'preact/hooks';
import type { MessageProblems } from '../admin-types.ts';

export function Problems({ problems }: { readonly problems: MessageProblems }) {
  if (problems.length === 0) return null;
  return (
    <ul class="problems">
      {problems.map(({ at, message }) => (
        <li key={`${at} ${message}`}>
          ✗ <code>{at === '' ? 'message' : at}</code> {message}
        </li>
      ))}
    </ul>
  );
}

export function CopyButton({ text, label }: { readonly text: string; readonly label: string }) {
  const [result, setResult] = useState('');
  const copy = (): void => {
    navigator.clipboard.writeText(text).then(
      () => setResult('Copied'),
      () => setResult('Clipboard access denied'),
    );
  };
  return (
    <span class="copy">
      <button type="button" data-copies={text} onClick={copy}>
        {label}
      </button>
      <span role="status">{result}</span>
    </span>
  );
}
