import { expect, test } from "vitest";
import { settingsIn } from "../src/settings.ts";

test("with nothing set everything has a default", () => {
  expect(settingsIn({})).toEqual({
    PORT: 8_090,
    HOST: "127.0.0.1",
    OPENAI_BASE_URL: "https://api.openai.com/v1",
    MODEL: "gpt-5-mini",
  });
});

test("an empty variable is one that is not set", () => {
  expect(settingsIn({ REDIS_URL: "", PORT: "" }).PORT).toBe(8_090);
});

test("each wrong variable is named, and its value kept to itself", () => {
  const settings = { PORT: "many", REDIS_URL: "http://user:secret@host", DATABASE_URL: "mysql://root:secret@host/db" };
  expect(() => settingsIn(settings)).toThrow(/PORT: .*\nREDIS_URL: .*\nDATABASE_URL: /);
  expect(() => settingsIn(settings)).not.toThrow(/secret/);
});
