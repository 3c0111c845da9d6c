/**
 * Independent streams of randomness, one per concern, from one seed: what changes in one concern (an arrival more, a
 * message less) does not shift the others, so a fault plan can be shrunk without changing everything else.
 */
import type { Random } from "../../random.ts";

/** The stream of a label; asked for again, the same one goes on. */
export type RandomStreams = (label: string) => Random;

/**
 * The streams of a seed.
 *
 * @example
 * const random = randomStreams(7);
 * const arrivals = random("arrivals of replica 1");
 */
export function randomStreams(seed: number): RandomStreams {
  const byLabel = new Map<string, Random>();
  return (label) => {
    let stream = byLabel.get(label);
    if (stream === undefined) {
      stream = streamOf(`${seed} ${label}`);
      byLabel.set(label, stream);
    }
    return stream;
  };
}

// sfc32 (PractRand, public domain, Chris Doty-Humphrey): all streams of Mulberry32, our `seededRandom`, lie on one cycle of
// 2³² numbers, so two of the long ones would soon be the same numbers shifted. Here the state has 128 bits.
function streamOf(text: string): Random {
  let a = hash(text, 0x9e3779b9);
  let b = hash(text, 0x243f6a88);
  let c = hash(text, 0xb7e15162);
  let counter = 1;
  const next = (): number => {
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + sum) | 0;
    return (sum >>> 0) / 4_294_967_296;
  };
  for (let round = 0; round < 12; round++) next(); // as its author mixes a seed in
  return next;
}

// FNV-1a with the finalizer of MurmurHash3, both public domain.
function hash(text: string, basis: number): number {
  let mixed = basis;
  for (let i = 0; i < text.length; i++) mixed = Math.imul(mixed ^ text.charCodeAt(i), 0x01000193);
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}
