/** Asks for the token of the dashboard. */
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { keepToken } from "./api.ts";

export function TokenForm({ wasWrong }: { readonly wasWrong: boolean }): JSX.Element {
  const [token, setToken] = useState("");
  const submit = (event: Event): void => {
    event.preventDefault();
    keepToken(token.trim());
    dispatchEvent(new Event("recloser-token"));
  };
  return (
    <main class="token">
      <h1>Recloser</h1>
      <form onSubmit={submit}>
        <label>
          Token of this dashboard
          <input
            type="password"
            autocomplete="current-password"
            required
            value={token}
            onInput={(event) => setToken(event.currentTarget.value)}
          />
        </label>
        {wasWrong ? <p role="alert">That is not a token of this dashboard.</p> : null}
        <button type="submit" class="primary">
          Show the breakers
        </button>
      </form>
      <p class="faint">It is kept in this tab, and forgotten with it.</p>
    </main>
  );
}
