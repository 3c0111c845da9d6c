/** Asks the server; the token, where one is needed, lives as long as the tab. */
import type { DemoView, DemoWish } from "../../src/views/demo.ts";

const TOKEN = "recloser-token";
const BASE = new URL("./api/v1/", document.baseURI);

export function keepToken(token: string): void {
  sessionStorage.setItem(TOKEN, token);
}

export function ask(path: string, init: RequestInit = {}): Promise<Response> {
  const headers = new Headers(init.headers);
  const token = sessionStorage.getItem(TOKEN);
  if (token !== null) headers.set("authorization", `Bearer ${token}`);
  return fetch(new URL(path, BASE), { ...init, headers, cache: "no-store", credentials: "same-origin" });
}

/** The path of a breaker's own part of the API. */
export function pathOf(key: string, part = ""): string {
  return `breakers/${encodeURIComponent(key)}${part}`;
}

/** Acts. Resolves to null when it is done, else to why it is not. */
export async function act(
  method: "POST" | "DELETE",
  path: string,
  version: string,
  body: Readonly<Record<string, unknown>>,
): Promise<string | null> {
  try {
    const response = await ask(path, {
      method,
      headers: { "content-type": "application/json", "recloser-csrf": "1", "if-match": `"${version}"` },
      body: JSON.stringify(body),
    });
    if (response.ok) return null;
    if (response.status === 412) return "It has changed since you looked. See what it is now, and decide again.";
    const { detail } = (await response.json()) as { detail?: string };
    return detail ?? `The server answered ${response.status}.`;
  } catch {
    return "The server did not answer: nobody knows whether it was done.";
  }
}

/** Turns a switch of a demonstration. Resolves to how it is then, or to why it was not turned. */
export async function turnDemo(wish: DemoWish): Promise<DemoView | string> {
  try {
    const response = await ask("demo", {
      method: "POST",
      headers: { "content-type": "application/json", "recloser-csrf": "1" },
      body: JSON.stringify(wish),
    });
    const { demo, detail } = (await response.json()) as { demo?: DemoView; detail?: string };
    return demo ?? detail ?? `The server answered ${response.status}.`;
  } catch {
    return "The server did not answer: nobody knows whether it was turned.";
  }
}
