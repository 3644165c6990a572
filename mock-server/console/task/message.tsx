import type { MessageProblems } from '../admin-types.ts';
import { readable } from '../model/message-text.ts';

export { CopyButton } from '../copy-button.tsx';

interface MessageProps {
  readonly title: string;
  readonly text: string;
  readonly head?: string;
  readonly problems: MessageProblems;
}

/** A message as it was sent, with its schema violations. */
export function Message({ title, text, head = '', problems }: MessageProps) {
  return (
    <>
      <h4>{title}</h4>
      <Problems problems={problems} />
      {head !== '' && (
        <details class="headers">
          <summary>Headers</summary>
          <pre>{head}</pre>
        </details>
      )}
      <pre>{text === '' ? '(empty)' : readable(text)}</pre>
    </>
  );
}

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
