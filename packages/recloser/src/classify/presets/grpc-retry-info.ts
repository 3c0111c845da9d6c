/**
 * The one message of `grpc-status-details-bin` that a breaker needs: google.rpc.Status holds Any details, one of which may
 * be a google.rpc.RetryInfo. Read by hand, since no dependency is worth four field numbers
 * (protobuf.dev "Encoding"; google/rpc/status.proto, error_details.proto).
 */

const RETRY_INFO = "type.googleapis.com/google.rpc.RetryInfo";
const VARINT = 0;
const FIXED_64 = 1;
const LENGTH_DELIMITED = 2;
const FIXED_32 = 5;

interface Field {
  readonly number: number;
  readonly value: number | Uint8Array;
}

/** The fields of a message, in order; ends quietly where the bytes are no message. */
function* fieldsOf(bytes: Uint8Array): Generator<Field> {
  let at = 0;
  const varint = (): number => {
    let value = 0;
    for (let shift = 0; shift < 10; shift++) {
      const byte = bytes[at++];
      if (byte === undefined) return Number.NaN;
      value += (byte & 0x7f) * 2 ** (7 * shift);
      if (byte < 0x80) return value;
    }
    return Number.NaN;
  };
  while (at < bytes.length) {
    const tag = varint();
    const number = Math.floor(tag / 8);
    const wire = tag % 8;
    if (wire === VARINT) yield { number, value: varint() };
    else if (wire === FIXED_64) at += 8;
    else if (wire === FIXED_32) at += 4;
    else if (wire === LENGTH_DELIMITED) {
      const length = varint();
      if (!(length <= bytes.length - at)) return;
      yield { number, value: bytes.subarray(at, at + length) };
      at += length;
    } else return;
  }
}

const parts = (bytes: Uint8Array, number: number): Uint8Array[] =>
  [...fieldsOf(bytes)].flatMap((field) =>
    field.number === number && field.value instanceof Uint8Array ? [field.value] : [],
  );

const count = (bytes: Uint8Array, number: number): number => {
  const found = [...fieldsOf(bytes)].find((field) => field.number === number);
  return typeof found?.value === "number" ? found.value : 0;
};

/** The delay of the RetryInfo inside a serialized google.rpc.Status, in whole milliseconds; null when there is none. */
export function retryInfoMs(status: Uint8Array): number | null {
  for (const any of parts(status, 3)) {
    const [url] = parts(any, 1);
    if (url === undefined || new TextDecoder().decode(url) !== RETRY_INFO) continue;
    for (const delay of parts(any, 2).flatMap((info) => parts(info, 1))) {
      const ms = Math.ceil(count(delay, 1) * 1000 + count(delay, 2) / 1e6);
      if (ms > 0 && ms < Number.MAX_SAFE_INTEGER) return ms;
    }
  }
  return null;
}
