/** What the process ends with, for scripts. The numbers are a promise: later commands add to them, none changes. */
export const EXIT = {
  ok: 0,
  failed: 1,
  usage: 2,
  /** Asked, and answered with no. */
  cancelled: 3,
  /** The store or the server does not let this user in, or not do that. */
  auth: 4,
  unreachable: 5,
  noSuchBreaker: 6,
  /** What was waited for did not come. */
  notMet: 7,
  /** Ended by Ctrl-C (128 + SIGINT), or by SIGTERM. */
  interrupted: 130,
  terminated: 143,
} as const;

/** Of `recloser check`, which speaks to monitors: a plugin's own four (https://nagios-plugins.org/doc/guidelines.html). */
export const NAGIOS = { ok: 0, warning: 1, critical: 2, unknown: 3 } as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];
