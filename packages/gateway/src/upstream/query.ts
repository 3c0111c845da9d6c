import type { OurKeys } from "../http/clients.ts";
import { isCredentialParameter, looksSecret } from "../http/headers.ts";

/** The caller's query, piece by piece as it came, without what is a credential or is set by the target. */
export class Query {
  #pieces: string[];
  readonly #set: [string, string][];
  readonly callersKey: string | null;

  constructor(query: string, set: Readonly<Record<string, string>>, ours: OurKeys) {
    this.#set = Object.entries(set);
    const pieces = query === "" ? [] : query.split("&");
    this.#pieces = pieces.filter((piece) => {
      const [name, value] = [nameOf(piece), decoded(piece)];
      // Some servers end a parameter at a semicolon, too.
      const names = value.split(";").map((one) => one.split("=", 1)[0] ?? "");
      const isSecret =
        names.some(isCredentialParameter) || looksSecret(value.slice(name.length + 1)) || ours.tells(value);
      return !isSecret && !Object.hasOwn(set, name);
    });
    const key = pieces.find((piece) => nameOf(piece) === "key");
    const value = key === undefined ? "" : decoded(key.slice(key.indexOf("=") + 1));
    this.callersKey = value === "" || ours.include(value) ? null : value;
  }

  set(name: string, value: string): void {
    this.#pieces = this.#pieces.filter((piece) => nameOf(piece) !== name);
    this.#set.push([name, value]);
  }

  toString(): string {
    const set = this.#set.map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`);
    const all = [...this.#pieces, ...set];
    return all.length === 0 ? "" : `?${all.join("&")}`;
  }
}

function nameOf(piece: string): string {
  return decoded(piece.split("=", 1)[0] ?? "");
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll("+", " "));
  } catch {
    return text;
  }
}
