/** A stream of a format that none of the others is: an error inside counts, a missing end does not. */
import { isEnd } from "../classify/answer.ts";
import type { StreamFormat } from "./inspector.ts";

export const unknownFormat: StreamFormat = {
  name: "unknown",
  alwaysEnds: false,
  recognises: () => true,
  hasContent: () => true,
  progress: () => isEnd,
};
