import { expect, test } from "vitest";
import { nearest } from "./nearest.ts";

const NAMES = ["listen", "targets", "maxAttempts", "firstToken", "keySha256"];

test.each([
  ["listn", "listen"],
  ["lisetn", "listen"],
  ["target", "targets"],
  ["max_attempts", "maxAttempts"],
  ["first-token", "firstToken"],
  ["KEYSHA256", "keySha256"],
])("%s was meant to be %s", (name, meant) => expect(nearest(name, NAMES)).toBe(meant));

test.each(["", "x", "colour", "a".repeat(10_000)])("%j was meant to be none of them", (name) =>
  expect(nearest(name, NAMES)).toBeNull(),
);
