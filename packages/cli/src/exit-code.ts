/** What the process ends with, for scripts. The numbers are a promise: later commands add to them, none changes. */
export const EXIT = {
  ok: 0,
  failed: 1,
  usage: 2,
  /** Ended by Ctrl-C (128 + SIGINT), or by SIGTERM. */
  interrupted: 130,
  terminated: 143,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];
