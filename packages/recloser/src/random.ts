/** A source of randomness: a number in [0, 1). */
export type Random = () => number;

/** The machine's own randomness. */
export const systemRandom: Random = () => Math.random();

/** A short unique text of `length` base-36 characters, for replica ids and lease tokens. */
export function randomText(random: Random, length: number): string {
  let text = "";
  while (text.length < length) text += Math.floor(random() * 36).toString(36);
  return text;
}
