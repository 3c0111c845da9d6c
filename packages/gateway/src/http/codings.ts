/** Encodings of content (RFC 9110 §8.4): which an answer has, and which its caller can read. */

type Headers = Readonly<Record<string, string | string[] | undefined>>;

/** In which a message's content is packed, lower case; empty: in none. */
export function codingsOf({ "content-encoding": header }: Headers): readonly string[] {
  if (header === undefined || header === "identity") return [];
  return listOf(String(header)).filter((coding) => coding !== "identity");
}

/** Whether whoever sent `accept` can read all of the codings. */
export function acceptsAll(accept: string | undefined, codings: readonly string[]): boolean {
  if (codings.length === 0) return true;
  const accepted = new Set(
    listOf(accept ?? "").flatMap((entry) => {
      const [coding = "", ...parameters] = entry.split(";").map((part) => part.trim());
      return parameters.some((one) => /^q=0(?:\.0*)?$/.test(one)) ? [] : [coding];
    }),
  );
  return codings.every((coding) => accepted.has(coding));
}

function listOf(header: string): readonly string[] {
  return header
    .toLowerCase()
    .split(",")
    .map((entry) => entry.trim())
    .filter((entry) => entry !== "");
}
