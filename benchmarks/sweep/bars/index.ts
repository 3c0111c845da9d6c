/** The bars of protocol.md §8, and what users would hate that they do not say. */
import type { Bar } from "../reading.ts";
import { baseErrors, baseErrorsUnary } from "./base-errors.ts";
import { brownout, heavyBrownout } from "./brownout.ts";
import { deadFast, deadUneven } from "./dead-fast.ts";
import { hang } from "./hang.ts";
import { lowRate } from "./low-rate.ts";
import { rateLimit } from "./rate-limit.ts";
import { recoveryChat, recoveryLong } from "./recovery.ts";
import { slowAnswers, slowStart } from "./slow-answers.ts";

/** They must hold together. */
export const BARS: readonly Bar[] = [
  deadFast,
  hang,
  brownout,
  baseErrors,
  baseErrorsUnary,
  recoveryChat,
  recoveryLong,
  rateLimit,
];

/** Shown beside them. */
export const SHOWN: readonly Bar[] = [deadUneven, heavyBrownout, slowStart, slowAnswers, lowRate];
