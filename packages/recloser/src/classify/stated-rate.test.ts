/** What a refusal's headers say of the limit itself, as the vendors document them. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { statedRate } from "./stated-rate.ts";

const NOW_MS = Date.UTC(2026, 0, 1, 12, 0, 0);
const refused = (headers: Record<string, string>): object => ({ status: 429, headers: new Headers(headers) });
const rateOf = (headers: Record<string, string>): number | null => statedRate(refused(headers), NOW_MS);

describe("the rate that a refusal states", () => {
  it.each([
    [
      "OpenAI: 500 a minute, which fill steadily",
      {
        "x-ratelimit-limit-requests": "500",
        "x-ratelimit-remaining-requests": "0",
        "x-ratelimit-reset-requests": "1m0s",
        "x-ratelimit-limit-tokens": "30000",
        "x-ratelimit-remaining-tokens": "21000",
        "x-ratelimit-reset-tokens": "18s",
      },
      500 / 60,
    ],
    [
      "Groq: 14 400 a day",
      {
        "x-ratelimit-limit-requests": "14400",
        "x-ratelimit-remaining-requests": "0",
        "x-ratelimit-reset-requests": "24h0m0s",
      },
      1 / 6,
    ],
    [
      "Anthropic: 50 a minute, whole again at an instant",
      {
        "anthropic-ratelimit-requests-limit": "50",
        "anthropic-ratelimit-requests-remaining": "0",
        "anthropic-ratelimit-requests-reset": "2026-01-01T12:01:00Z",
        "anthropic-ratelimit-tokens-remaining": "9000",
      },
      50 / 60,
    ],
    [
      "GitHub and many others: a window that ends at an epoch second",
      {
        "x-ratelimit-limit": "60",
        "x-ratelimit-remaining": "0",
        "x-ratelimit-reset": String(NOW_MS / 1_000 + 1_800),
      },
      60 / 1_800,
    ],
    [
      "the first drafts of the IETF: the policy says the window, whatever is left of it",
      { "ratelimit-limit": "100, 100;w=60", "ratelimit-remaining": "0", "ratelimit-reset": "10" },
      100 / 60,
    ],
    [
      "the first drafts without a window: what is left of it bounds the rate",
      { "ratelimit-limit": "100", "ratelimit-remaining": "0", "ratelimit-reset": "20" },
      5,
    ],
    [
      "the IETF's draft: the policy of the bucket that is empty",
      { "ratelimit-policy": '"burst";q=10;w=1, "day";q=86400;w=86400', ratelimit: '"burst";r=4;t=1, "day";r=0;t=900' },
      1,
    ],
    [
      "the first drafts where what is left is told as longer than the window",
      { "ratelimit-limit": "100, 100;w=60", "ratelimit-remaining": "0", "ratelimit-reset": "90" },
      100 / 60,
    ],
    [
      "the first drafts with the window at the size itself",
      { "ratelimit-limit": "100;w=60", "ratelimit-remaining": "0", "ratelimit-reset": "10" },
      100 / 60,
    ],
    [
      "the first drafts with several windows: the one of this size",
      { "ratelimit-limit": "10, 5;w=1, 10;w=60", "ratelimit-remaining": "0", "ratelimit-reset": "10" },
      10 / 60,
    ],
    [
      "an epoch second of a server whose clock is an hour behind, by its Date",
      {
        date: new Date(NOW_MS - 3_600_000).toUTCString(),
        ...{ "x-ratelimit-limit": "60", "x-ratelimit-remaining": "0" },
        "x-ratelimit-reset": String(NOW_MS / 1_000 - 3_600 + 30),
      },
      2,
    ],
    [
      "the IETF's draft: not a slower bucket that has something left",
      { "ratelimit-policy": '"slow";q=10;w=60, "fast";q=10;w=1', ratelimit: '"slow";r=4;t=9, "fast";r=0;t=1' },
      10,
    ],
    [
      "the IETF's draft with its unit",
      { "ratelimit-policy": '"a";q=10;qu="requests";w=1', ratelimit: '"a";r=0;t=1' },
      10,
    ],
    [
      "the lowest of several that are empty",
      { "ratelimit-policy": '"a";q=10;w=1,"b";q=60;w=60', ratelimit: '"a";r=0;t=1,"b";r=0;t=9' },
      1,
    ],
  ])("%s", (_name, headers, expected) => {
    expect(rateOf(headers)).toBeCloseTo(expected, 9);
  });

  it.each([
    [
      "a bucket that has something left",
      { "x-ratelimit-limit": "60", "x-ratelimit-remaining": "3", "x-ratelimit-reset": "9" },
    ],
    [
      "tokens: they say nothing of calls",
      {
        "x-ratelimit-limit-tokens": "30000",
        "x-ratelimit-remaining-tokens": "0",
        "x-ratelimit-reset-tokens": "6s",
        "anthropic-ratelimit-input-tokens-limit": "5",
        "anthropic-ratelimit-input-tokens-remaining": "0",
        "anthropic-ratelimit-input-tokens-reset": "2026-01-01T12:01:00Z",
      },
    ],
    ["bytes", { "ratelimit-policy": '"b";q=65535;w=10;qu="content-bytes"', ratelimit: '"b";r=0;t=2' }],
    ["a window of no length", { "ratelimit-policy": '"a";q=10;w=0', ratelimit: '"a";r=0' }],
    ["a quota that is no whole number", { "ratelimit-policy": '"a";q=10.5;w=1', ratelimit: '"a";r=0' }],
    [
      "what is no rate limit, whatever is left of it",
      { "x-pages-limit": "60", "x-pages-remaining": "0", "x-pages-reset": "9" },
    ],
    ["a time that is over", { "x-ratelimit-limit": "60", "x-ratelimit-remaining": "0", "x-ratelimit-reset": "0" }],
    ["no size", { "x-ratelimit-remaining": "0", "x-ratelimit-reset": "9" }],
    ["a size of nothing", { "x-ratelimit-limit": "0", "x-ratelimit-remaining": "0", "x-ratelimit-reset": "9" }],
    ["only a Retry-After", { "retry-after": "20" }],
    ["a quota without a name that is empty", { "ratelimit-policy": '"a";q=10;w=1', ratelimit: '"b";r=0;t=1' }],
  ])("is not read from %s", (_name, headers) => {
    expect(rateOf(headers)).toBeNull();
  });

  it.each([
    ...["tokens", "input", "output", "bytes", "characters", "images", "audio-seconds"],
    ...["cost", "credits", "neurons", "concurrent-requests"],
  ])("is not read from a bucket of %s", (unit) => {
    const headers = { [`x-ratelimit-limit-${unit}`]: "60", [`x-ratelimit-reset-${unit}`]: "30" };
    expect(rateOf({ ...headers, [`x-ratelimit-remaining-${unit}`]: "0" })).toBeNull();
  });

  it("is found where an SDK keeps the headers: on the error, on its response, in what it wraps", () => {
    const headers = { "x-ratelimit-limit": "60", "x-ratelimit-remaining": "0", "x-ratelimit-reset": "60" };
    const plain = Object.assign(new Error("429"), { status: 429, headers });
    for (const error of [
      plain,
      Object.assign(new Error("429"), { response: { status: 429, headers: new Headers(headers) } }),
      Object.assign(new Error("429"), { statusCode: 429, responseHeaders: headers }),
      new Error("wrapped", { cause: plain }),
      new Response(null, { status: 429, headers }),
    ])
      expect(statedRate(error, NOW_MS)).toBe(1);
  });

  it("is never a throw, and never anything but a positive number", () => {
    const word = fc.constantFrom("limit", "remaining", "reset", "requests", "policy", "tokens");
    const name = fc.array(word, { maxLength: 3 }).map((words) => ["x-ratelimit", ...words].join("-"));
    const value = fc.oneof(
      fc.string(),
      fc.integer().map(String),
      fc.constantFrom("0", '"a";q=1;w=0', '"a";r=0', "1;w=0"),
    );
    fc.assert(
      fc.property(fc.dictionary(fc.oneof(name, fc.constantFrom("ratelimit", "ratelimit-policy")), value), (headers) => {
        const rate = statedRate({ status: 429, headers }, NOW_MS);
        expect(rate === null || (rate > 0 && Number.isFinite(rate))).toBe(true);
      }),
    );
    const revoked = Proxy.revocable({}, {});
    revoked.revoke();
    for (const strange of [revoked.proxy, { headers: revoked.proxy }, null, undefined, 5, "429", {}, new Error("x")])
      expect(statedRate(strange, NOW_MS)).toBeNull();
  });
});
