/** A collector of OTLP over HTTP that keeps what it was sent. What comes as JSON it reads; of the rest it keeps the bytes. */
import { createServer, type IncomingHttpHeaders, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { gunzipSync } from "node:zlib";
import { onTestFinished } from "vitest";

type Value = { readonly stringValue?: string; readonly intValue?: string | number; readonly boolValue?: boolean };
type Attributes = readonly { readonly key: string; readonly value: Value & { readonly doubleValue?: number } }[];

export interface SentSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly kind: number;
  readonly status: { readonly code?: number };
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly events: readonly { readonly name: string; readonly attributes: Readonly<Record<string, unknown>> }[];
}

export interface SentMetric {
  readonly name: string;
  readonly unit: string;
  readonly points: readonly Readonly<Record<string, unknown>>[];
}

export interface Delivery {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

export interface Collector {
  readonly url: string;
  readonly deliveries: readonly Delivery[];
  spans(): SentSpan[];
  /** As they were sent last, by name. */
  metrics(): ReadonlyMap<string, SentMetric>;
  resources(): Readonly<Record<string, unknown>>[];
  /** All that it was sent, as text. */
  text(): string;
}

/** @param answer the status of its answers; null: it never answers */
export async function otlpCollector(answer: number | null = 200): Promise<Collector> {
  const deliveries: Delivery[] = [];
  const server: Server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on("data", (part: Buffer) => parts.push(part));
    request.on("end", () => {
      const sent = Buffer.concat(parts);
      const body = request.headers["content-encoding"] === "gzip" ? gunzipSync(sent) : sent;
      deliveries.push({ path: request.url ?? "", headers: request.headers, body });
      if (answer !== null) response.writeHead(answer, { "content-type": "application/json" }).end("{}");
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  const read = (path: string): Read[] =>
    deliveries
      .filter((one) => one.path === path && one.headers["content-type"] === "application/json")
      .map(({ body }) => JSON.parse(body.toString()) as Read);
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    deliveries,
    spans: () =>
      read("/v1/traces").flatMap(({ resourceSpans = [] }) =>
        resourceSpans.flatMap(({ scopeSpans }) =>
          scopeSpans.flatMap(({ spans }) =>
            spans.map((span) => ({
              ...span,
              attributes: plain(span.attributes),
              events: (span.events ?? []).map((event) => ({ ...event, attributes: plain(event.attributes) })),
            })),
          ),
        ),
      ),
    metrics: () => metricsOf(read("/v1/metrics")),
    resources: () =>
      [...read("/v1/traces"), ...read("/v1/metrics")].flatMap(({ resourceSpans = [], resourceMetrics = [] }) =>
        [...resourceSpans, ...resourceMetrics].map(({ resource }) => plain(resource.attributes)),
      ),
    text: () =>
      deliveries.map(({ headers, body }) => `${JSON.stringify(headers)}${body.toString("latin1")}`).join("\n"),
  };
}

interface Read {
  readonly resourceSpans?: readonly {
    readonly resource: { readonly attributes: Attributes };
    readonly scopeSpans: readonly { readonly spans: readonly RawSpan[] }[];
  }[];
  readonly resourceMetrics?: readonly {
    readonly resource: { readonly attributes: Attributes };
    readonly scopeMetrics: readonly { readonly metrics: readonly RawMetric[] }[];
  }[];
}

type RawSpan = Omit<SentSpan, "attributes" | "events"> & {
  readonly attributes: Attributes;
  readonly events?: readonly { readonly name: string; readonly attributes: Attributes }[];
};

interface RawMetric {
  readonly name: string;
  readonly unit: string;
  readonly sum?: Points;
  readonly gauge?: Points;
  readonly histogram?: Points;
}

interface Points {
  readonly dataPoints: readonly { readonly attributes: Attributes; readonly [field: string]: unknown }[];
}

function metricsOf(sent: readonly Read[]): Map<string, SentMetric> {
  const all = sent.flatMap(({ resourceMetrics = [] }) =>
    resourceMetrics.flatMap(({ scopeMetrics }) => scopeMetrics.flatMap(({ metrics }) => metrics)),
  );
  return new Map(
    all.map(({ name, unit, sum, gauge, histogram }) => {
      const points = (sum ?? gauge ?? histogram)?.dataPoints ?? [];
      return [name, { name, unit, points: points.map((one) => ({ ...one, ...plain(one.attributes) })) }];
    }),
  );
}

function plain(attributes: Attributes): Record<string, unknown> {
  return Object.fromEntries(
    attributes.map(({ key, value }) => [
      key,
      value.stringValue ??
        (value.intValue === undefined ? (value.boolValue ?? value.doubleValue) : Number(value.intValue)),
    ]),
  );
}
