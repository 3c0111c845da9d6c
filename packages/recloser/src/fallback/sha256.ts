/**
 * SHA-256 (FIPS 180-4) of a text in UTF-8. Here because the core has no dependency, `node:crypto` does not exist
 * everywhere, and Web Crypto answers only later: who is first of many callers must be known at once.
 */

// The first 32 bits of the fractional parts of the roots of the first primes: cube roots for each round, square roots
// to begin with (§4.2.2, §5.3.3).
const PRIMES = firstPrimes(64);
const ROUND: readonly number[] = PRIMES.map((prime) => fraction(Math.cbrt(prime)));
const START: readonly number[] = PRIMES.slice(0, 8).map((prime) => fraction(Math.sqrt(prime)));

/** @returns 64 hexadecimal digits */
export function sha256(text: string): string {
  const native = nativeHash();
  if (native !== null) return native(text);
  return portableSha256(text);
}

/** The same where there is no `node:crypto`. */
export function portableSha256(text: string): string {
  const bytes = padded(new TextEncoder().encode(text));
  const words = new DataView(bytes.buffer);
  const hash = Uint32Array.from(START);
  const schedule = new Uint32Array(64);
  for (let at = 0; at < bytes.length; at += 64) {
    for (let i = 0; i < 16; i++) schedule[i] = words.getUint32(at + i * 4);
    for (let i = 16; i < 64; i++) {
      const [w15, w2] = [schedule[i - 15] as number, schedule[i - 2] as number];
      const s0 = turned(w15, 7) ^ turned(w15, 18) ^ (w15 >>> 3);
      const s1 = turned(w2, 17) ^ turned(w2, 19) ^ (w2 >>> 10);
      schedule[i] = (schedule[i - 16] as number) + s0 + (schedule[i - 7] as number) + s1;
    }
    compress(hash, schedule);
  }
  return Array.from(hash, (word) => word.toString(16).padStart(8, "0")).join("");
}

function compress(hash: Uint32Array, schedule: Uint32Array): void {
  let [a, b, c, d, e, f, g, h] = hash as unknown as [number, number, number, number, number, number, number, number];
  for (let i = 0; i < 64; i++) {
    const big1 = turned(e, 6) ^ turned(e, 11) ^ turned(e, 25);
    const choice = (e & f) ^ (~e & g);
    const first = (h + big1 + choice + (ROUND[i] as number) + (schedule[i] as number)) | 0;
    const big0 = turned(a, 2) ^ turned(a, 13) ^ turned(a, 22);
    const majority = (a & b) ^ (a & c) ^ (b & c);
    [h, g, f, e, d, c, b, a] = [g, f, e, (d + first) | 0, c, b, a, (first + big0 + majority) | 0];
  }
  for (const [i, word] of [a, b, c, d, e, f, g, h].entries()) hash[i] = (hash[i] as number) + word;
}

// A one bit, zeros, and the length in bits at the end of the last block (§5.1.1).
function padded(bytes: Uint8Array): Uint8Array {
  const whole = new Uint8Array(Math.ceil((bytes.length + 9) / 64) * 64);
  whole.set(bytes);
  whole[bytes.length] = 0x80;
  new DataView(whole.buffer).setBigUint64(whole.length - 8, BigInt(bytes.length) * 8n);
  return whole;
}

function turned(word: number, by: number): number {
  return (word >>> by) | (word << (32 - by));
}

function fraction(root: number): number {
  return Math.floor((root % 1) * 2 ** 32);
}

function firstPrimes(count: number): number[] {
  const primes: number[] = [];
  for (let n = 2; primes.length < count; n++) if (primes.every((prime) => n % prime !== 0)) primes.push(n);
  return primes;
}

interface NodeCrypto {
  createHash(name: "sha256"): { update(text: string, encoding: "utf8"): { digest(encoding: "hex"): string } };
}

interface ProcessHost {
  readonly process?: { getBuiltinModule?(name: string): unknown };
}

// Ten times as fast for a long prompt.
function nativeHash(): ((text: string) => string) | null {
  const found = (globalThis as ProcessHost).process?.getBuiltinModule?.("node:crypto") as NodeCrypto | undefined;
  return found === undefined ? null : (text) => found.createHash("sha256").update(text, "utf8").digest("hex");
}
