/** What the environment says. Everything has a default: with nothing set it runs by itself. */
import { z } from "zod";

const FORM = z.object({
  PORT: z.coerce.number().int().min(0).max(65_535).default(8_090),
  HOST: z.string().min(1).default("127.0.0.1"),
  OPENAI_API_KEY: z.string().min(1).optional(),
  OPENAI_BASE_URL: z.url({ protocol: /^https?$/ }).default("https://api.openai.com/v1"),
  MODEL: z.string().min(1).default("gpt-5-mini"),
  STANDBY_API_KEY: z.string().min(1).optional(),
  STANDBY_BASE_URL: z.url({ protocol: /^https?$/ }).optional(),
  STANDBY_MODEL: z.string().min(1).optional(),
  REDIS_URL: z.url({ protocol: /^rediss?$/ }).optional(),
  DATABASE_URL: z.url({ protocol: /^postgres(?:ql)?$/ }).optional(),
  PAIRS_FILE: z.string().min(1).optional(),
});

export type Settings = z.infer<typeof FORM>;

/** @throws with each variable that is wrong, and without its value, which may be a secret */
export function settingsIn(env: NodeJS.ProcessEnv): Settings {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ""));
  const read = FORM.safeParse(given);
  if (read.success) return read.data;
  throw new Error(read.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`).join("\n"));
}
