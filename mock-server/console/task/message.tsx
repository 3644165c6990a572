import type { MessageProblems } from '../admin-types.ts';

export { CopyButton } from '../copy-button.tsx';

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
