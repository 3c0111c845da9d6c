import { expect, test } from "vitest";
import { readTarget } from "./request-target.ts";

test.each([
  ["/v1/chat/completions", "/v1/chat/completions", ""],
  [
    "/v1beta/models/gemini-2.5-pro:generateContent?alt=sse&x=%20",
    "/v1beta/models/gemini-2.5-pro:generateContent",
    "alt=sse&x=%20",
  ],
  ["/v1/files/file%20a", "/v1/files/file%20a", ""],
  ["/v1/models?x[]=1", "/v1/models", "x[]=1"],
])("%s is a plain path", (raw, path, query) => {
  expect(readTarget(raw)).toEqual({ path, query });
});

test.each([
  "http://evil.test/v1/models",
  "//evil.test/v1/models",
  "*",
  "",
  "v1/models",
  "/v1//models",
  "/v1/../admin",
  "/v1/./models",
  "/v1/..",
  "/v1/..;/admin",
  "/v1/%2e%2e/admin",
  "/v1/%2E./admin",
  "/v1/a%2fb",
  "/v1/a%5Cb",
  "/v1/a\\b",
  "/v1/a%00b",
  "/v1/a%0d%0ab",
  "/v1/a%252e",
  "/v1/a b",
  "/v1/ä",
  "/v1/a#b",
  "/v1/a%zz",
  "/v1/a?b\tc",
  `/v1/${"a".repeat(9_000)}`,
])("%s is refused", (raw) => {
  expect(readTarget(raw)).toBeNull();
});
