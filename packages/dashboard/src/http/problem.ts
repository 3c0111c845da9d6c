/** An answer that is an error, as RFC 9457 problem details. */

export class Problem extends Error {
  readonly status: number;
  readonly code: string;
  readonly headers: Readonly<Record<string, string>>;

  /** @param code for programs, such as "read-only" @param detail for people, without anything secret */
  constructor(status: number, code: string, detail: string, headers: Readonly<Record<string, string>> = {}) {
    super(detail);
    this.status = status;
    this.code = code;
    this.headers = headers;
  }
}

export function problemResponse({ status, code, message, headers }: Problem): Response {
  const body = { type: "about:blank", title: TITLES[status] ?? "Error", status, code, detail: message };
  return new Response(JSON.stringify(body), {
    status,
    headers: { "content-type": "application/problem+json", ...headers },
  });
}

const TITLES: Readonly<Record<number, string>> = {
  400: "Bad Request",
  401: "Unauthorized",
  403: "Forbidden",
  404: "Not Found",
  405: "Method Not Allowed",
  409: "Conflict",
  412: "Precondition Failed",
  413: "Content Too Large",
  415: "Unsupported Media Type",
  421: "Misdirected Request",
  428: "Precondition Required",
  500: "Internal Server Error",
  503: "Service Unavailable",
};
