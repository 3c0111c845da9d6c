/**
 * A target's own secrets, taken out of what comes back from it: some servers show in an error, or in a header, what they were
 * sent. Each of its bytes becomes an asterisk, so that no length changes.
 */
import type { TargetConfig } from "../config/config.ts";
import { isCredential, isCredentialParameter } from "../http/headers.ts";

// A shorter one may well be a word of the answer, and is no secret.
const LEAST_BYTES = 8;
const ASTERISK = 0x2a;
const NOTHING: Buffer = Buffer.alloc(0);

type Headers = Record<string, string | string[] | undefined>;

export class Secrets {
  readonly #secrets: readonly Buffer[];
  readonly #texts: readonly string[];
  readonly #longest: number;

  constructor(target: Pick<TargetConfig, "auth" | "headers" | "query">) {
    const ways = secretsOf(target).flatMap((secret) => [
      secret,
      secret.split(" ").at(-1) ?? "",
      encodeURIComponent(secret),
    ]);
    this.#secrets = [...new Set(ways)].map((way) => Buffer.from(way)).filter((way) => way.length >= LEAST_BYTES);
    this.#texts = this.#secrets.map((secret) => secret.toString());
    this.#longest = Math.max(0, ...this.#secrets.map(({ length }) => length));
  }

  /** For the body of one answer: takes its chunks in order and hides what is secret in each, in place. */
  veil(): (chunk: Buffer) => void {
    if (this.#longest === 0) return () => {};
    let before: Buffer = NOTHING;
    return (chunk) => {
      const kept = this.#longest - 1;
      // What began in the chunk before has gone; its end has not.
      const seam = before.length === 0 ? NOTHING : Buffer.concat([before, chunk.subarray(0, kept)]);
      const next = Buffer.from(chunk.subarray(-kept));
      this.#hide(seam);
      this.#hide(chunk);
      if (seam.length > 0) hideToo(chunk, seam.subarray(before.length));
      before = next.length < kept ? Buffer.concat([before, next]).subarray(-kept) : next;
    };
  }

  inHeaders(headers: Headers): Headers {
    if (this.#longest === 0 || !this.#isIn(headers)) return headers;
    return Object.fromEntries(
      Object.entries(headers).map(([name, value]) => [
        name,
        typeof value === "string" ? this.#inText(value) : value?.map((one) => this.#inText(one)),
      ]),
    );
  }

  #isIn(headers: Headers): boolean {
    for (const name in headers) {
      const value = headers[name];
      const text = typeof value === "string" ? value : (value?.join() ?? "");
      for (const secret of this.#texts) if (text.includes(secret)) return true;
    }
    return false;
  }

  #inText(text: string): string {
    return this.#texts.reduce((shown, secret) => shown.replaceAll(secret, "*".repeat(Buffer.byteLength(secret))), text);
  }

  #hide(bytes: Buffer): void {
    for (const secret of this.#secrets) {
      for (let at = bytes.indexOf(secret); at >= 0; at = bytes.indexOf(secret, at + secret.length)) {
        bytes.fill(ASTERISK, at, at + secret.length);
      }
    }
  }
}

function hideToo(chunk: Buffer, veiled: Buffer): void {
  for (let at = 0; at < veiled.length; at++) if (veiled[at] === ASTERISK) chunk[at] = ASTERISK;
}

function secretsOf({ auth, headers, query }: Pick<TargetConfig, "auth" | "headers" | "query">): readonly string[] {
  const own =
    auth.kind === "bearer" ? [auth.token] : auth.kind === "header" || auth.kind === "query" ? [auth.value] : [];
  const set = Object.entries(headers.set).filter(([name]) => isCredential(name.toLowerCase()));
  const asked = Object.entries(query).filter(([name]) => isCredentialParameter(name));
  return [...own, ...[...set, ...asked].map(([, value]) => value)];
}
