import { useState } from 'preact/hooks';
import { hasToken, saveToken } from './api.ts';

/** Asks for the token of the mock, and says when the one that the page has is wrong. */
export function TokenForm() {
  const [typed, setTyped] = useState('');
  return (
    <form
      class="token"
      onSubmit={(event) => {
        event.preventDefault();
        saveToken(typed);
      }}
    >
      {hasToken && (
        <p class="bad" role="alert">
          ✗ The mock rejected this token. Enter the token of its option <code>--token</code>.
        </p>
      )}
      <label>
        Token
        <input
          type="password"
          autocomplete="off"
          required
          value={typed}
          onInput={({ currentTarget }) => setTyped(currentTarget.value)}
        />
      </label>
      <button type="submit">Connect</button>
    </form>
  );
}
