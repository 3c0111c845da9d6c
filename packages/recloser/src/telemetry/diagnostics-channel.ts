/**
 * Every event as a `node:diagnostics_channel` message, `recloser:<event>`, where the runtime has it. The module is asked
 * for at run time, so that the core imports no `node:*` and runs in a browser or a worker.
 */

interface Channel {
  readonly hasSubscribers: boolean;
  publish(message: unknown): void;
}
interface DiagnosticsChannel {
  channel(name: string): Channel;
}
interface Host {
  readonly process?: { getBuiltinModule?(name: string): unknown };
}

const module = (globalThis as Host).process?.getBuiltinModule?.("node:diagnostics_channel") as
  | DiagnosticsChannel
  | undefined;
const channels = new Map<string, Channel>();

/** Whether anybody listens on the channel of an event. */
export function isObserved(name: string): boolean {
  return channelOf(name)?.hasSubscribers ?? false;
}

const calls = channelOf("call");

/** The same for the ends of calls, which are many. */
export function isCallObserved(): boolean {
  return calls !== undefined && calls.hasSubscribers;
}

/** Publishes an event; costs a map look-up when nobody listens. */
export function publish(name: string, event: unknown): void {
  const channel = channelOf(name);
  // A subscriber that throws is reported by Node itself (an uncaught exception on the next tick), not here.
  if (channel?.hasSubscribers === true) channel.publish(event);
}

function channelOf(name: string): Channel | undefined {
  let channel = channels.get(name);
  if (channel === undefined && module !== undefined) {
    channel = module.channel(`recloser:${name}`);
    channels.set(name, channel);
  }
  return channel;
}
