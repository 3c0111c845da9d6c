/** What a playground tells on stdout: where it is, and what happens in it; lines for people, NDJSON for programs. */
import type { Shell } from "../../shell.ts";
import { paint } from "../../terminal/line.ts";
import type { DemoEvent } from "../journal.ts";
import { eventLine } from "../view/frame.ts";

export interface Places {
  readonly pageUrl: string;
  readonly gatewayUrl: string;
}

export interface News {
  listening(places: Places): void;
  event(event: DemoEvent): void;
}

export function linesOfNews({ stdout }: Pick<Shell, "stdout">, colour: boolean): News {
  return {
    listening({ pageUrl, gatewayUrl }) {
      stdout.write(`\n  the page with the switches     ${pageUrl}\n`);
      stdout.write(`  the gateway for your program   ${gatewayUrl}/v1\n\n`);
    },
    event: (event) => void stdout.write(`${paint(eventLine(event), Infinity, colour)}\n`),
  };
}

export function jsonOfNews({ stdout }: Pick<Shell, "stdout">): News {
  const write = (fields: object): void => void stdout.write(`${JSON.stringify(fields)}\n`);
  return {
    listening: (places) => write({ type: "listening", ...places }),
    event: ({ atMs, source, kind, shows, text, facts }) =>
      write({ type: "event", atMs: Math.round(atMs), source, kind, shows, text, ...facts }),
  };
}
