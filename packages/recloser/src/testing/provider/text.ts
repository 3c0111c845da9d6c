/** The words of the answers: the same seed, model and prompt give the same text, in whatever order requests arrive. */
import { seededRandom } from "../seeded-random.ts";

const WORDS: readonly string[] = (
  "the a one each every this that river light table number answer question window cloud signal garden paper engine " +
  "morning city bridge circuit current value record model pattern measure opens closes holds gives takes finds keeps " +
  "turns follows begins ends and or but with without under over after before between quiet early simple clear steady " +
  "small large common likely often never always slowly again"
).split(" ");

/** The pieces of an answer as a stream would carry them; joined they are the text. */
export interface Generated {
  readonly pieces: readonly string[];
  /** False when `most` cut it short. */
  readonly whole: boolean;
}

/**
 * @param length how many pieces a whole answer has; undefined: 16 to 32, from the seed.
 * @param most the request's own limit, null for none.
 */
export function generate(seed: number, subject: string, length: number | undefined, most: number | null): Generated {
  const mark = hash(subject, seed);
  const random = seededRandom(mark);
  const wanted = length ?? 16 + Math.floor(random() * 17);
  // It must be told at sight that no model wrote this.
  const pieces = ["simulated", " answer", ` ${mark.toString(16).padStart(8, "0")}:`].slice(0, wanted);
  while (pieces.length < wanted) {
    const word = WORDS[Math.floor(random() * WORDS.length)] ?? "";
    pieces.push(` ${word}${pieces.length === wanted - 1 ? "." : ""}`);
  }
  return most !== null && most < wanted ? { pieces: pieces.slice(0, most), whole: false } : { pieces, whole: true };
}

/** A given text as a stream would carry it: word by word, with the space before each. @param most as for `generate` */
export function inPieces(text: string, most: number | null): Generated {
  const pieces = text.match(/\s*\S+\s*$|\s*\S+/g) ?? [text];
  return most !== null && most < pieces.length
    ? { pieces: pieces.slice(0, most), whole: false }
    : { pieces, whole: true };
}

/** A rough count of tokens: four characters each, as providers' rules of thumb say. */
export function tokensIn(text: string): number {
  return Math.max(1, Math.ceil(text.length / 4));
}

// FNV-1a over UTF-16 code units, begun at the seed.
function hash(text: string, seed: number): number {
  let mixed = (0x811c9dc5 ^ seed) >>> 0;
  for (let index = 0; index < text.length; index++) mixed = Math.imul(mixed ^ text.charCodeAt(index), 0x01000193) >>> 0;
  return mixed;
}
