import { describe, expect, test } from "vitest";
import { isCredential, isCredentialParameter, looksSecret } from "./headers.ts";

describe("A value looks like a credential", () => {
  test.each([
    "Bearer abc",
    "basic dXNlcjpwYXNz",
    "sk-proj-0123456789abcdef",
    "my sk-ant-0123456789abcdef",
    "AIzaSyA0123456789012345678901234567890",
    "gsk_0123456789abcdef",
    "AKIAIOSFODNN7EXAMPLE0",
    "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.c2ln",
  ])("%s", (value) => {
    expect(looksSecret(value)).toBe(true);
  });

  test.each([
    "OpenAI/JS 6.49.0",
    "application/json",
    "task-force-0123456789abcdef",
    "a basic one",
    "v22.1.0",
    "gpt-5",
    "",
  ])("not so %s", (value) => {
    expect(looksSecret(value)).toBe(false);
  });
});

test.each([
  "idempotency-key",
  "x-stainless-lang",
  "anthropic-version",
  "x-keyboard",
  "openai-beta",
  "x-tokenizer",
  "author",
])("%s is no name of a credential", (name) => {
  expect(isCredential(name)).toBe(false);
});

test.each(["pageToken", "page_token", "max_tokens", "after", "limit", "alt", "api-version", "purpose"])(
  "%s is no parameter of a credential",
  (name) => {
    expect(isCredentialParameter(name)).toBe(false);
  },
);

test.each([
  "eyJ-",
  "eyJ-eyJ-.",
  "sk-",
  "sk_",
  " bearer",
  "AKIA-",
  "AIza-",
  "github_pat_",
  "x-",
  "-key",
  "access_",
  "api_",
])("A header full of %j is read in no time", (part) => {
  const text = part.repeat(32_768 / part.length);
  const before = process.cpuUsage();
  for (const look of [looksSecret, isCredential, isCredentialParameter]) look(text);
  const { user } = process.cpuUsage(before);
  // Microseconds of work, whoever else is busy. Looked through from every character it would be seconds.
  expect(user).toBeLessThan(500_000);
});
