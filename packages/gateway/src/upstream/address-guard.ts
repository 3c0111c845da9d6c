/**
 * Refuses to connect to addresses inside a network: the machine itself, its neighbours, a cloud's metadata. Checked on what
 * a name resolved to, at the moment of connecting, so that neither a name's spelling nor a second answer of DNS gets around it.
 */
import { lookup as resolve, type LookupAddress, type LookupOptions } from "node:dns";
import { isIP, type LookupFunction } from "node:net";
import ipaddr from "ipaddr.js";
import { buildConnector } from "undici";

export class AddressRefused extends Error {
  override readonly name = "AddressRefused";
  readonly code = "ERR_ADDRESS_REFUSED";

  constructor(hostname: string, address: string) {
    const where = hostname === address ? address : `${hostname} is at ${address}, which`;
    super(`${where} is not a public address; a target that is meant to be there says \`allowPrivate: true\``);
  }
}

// Where clouds give out credentials to whoever asks: never a provider, even where private addresses are allowed.
const METADATA: ReadonlySet<string> = new Set([
  "169.254.169.254",
  "169.254.170.2",
  "169.254.170.23",
  "100.100.100.200",
  "169.254.0.23",
  "168.63.129.16", // public by its number, and answered by the host of every Azure machine
  "fd00:ec2::254",
  "fd00:ec2::23",
  "fd20:ce::254",
]);

/** Whether a connection to a numeric address may be made. */
export function isAllowed(address: string, allowPrivate: boolean): boolean {
  if (!ipaddr.isValid(address)) return false;
  const parsed = ipaddr.process(address); // an IPv4 address in IPv6's clothes is looked at as the former
  if (METADATA.has(parsed.toString())) return false;
  const range = parsed.range();
  // What the registry has not given out (RFC 4291 §2.4) is nobody's in public, and may be anybody's inside.
  if (range === "unicast") return parsed.kind() === "ipv4" || GLOBAL.test(parsed.toNormalizedString());
  return allowPrivate && (PRIVATE.has(range) || range === "loopback" || range === "linkLocal");
}

const GLOBAL = /^[23][\da-f]{3}:/;
const PRIVATE: ReadonlySet<string> = new Set(["private", "uniqueLocal", "carrierGradeNat"]);

export type Resolve = (
  hostname: string,
  options: LookupOptions & { all: true },
  done: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
) => void;

/**
 * How undici connects to one target.
 *
 * @param connectMs for DNS, TCP and TLS together; our own timer, since undici's tick once a second
 */
export function guardedConnector(
  allowPrivate: boolean,
  connectMs: number,
  lookUp: Resolve = resolve,
): buildConnector.connector {
  const lookup: LookupFunction = (hostname, options, done) => {
    lookUp(hostname, { ...options, all: true }, (error, found) => {
      if (error !== null) return done(error, "");
      const [first, ...others] = found.filter(({ address }) => isAllowed(address, allowPrivate));
      if (first === undefined) return done(new AddressRefused(hostname, found[0]?.address ?? "no address"), "");
      if (options.all === true) done(null, [first, ...others]);
      else done(null, first.address, first.family);
    });
  };
  const connect = buildConnector({ lookup, timeout: 0, allowH2: false }) as Connector;
  return (options, callback) => {
    const host = options.hostname.replace(/^\[(.*)\]$/, "$1");
    // A numeric address is not looked up.
    if (isIP(host) !== 0 && !isAllowed(host, allowPrivate)) return callback(new AddressRefused(host, host), null);
    const late = setTimeout(() => socket.destroy(connectTimeout(connectMs)), connectMs);
    const socket = connect(options, (...result) => {
      clearTimeout(late);
      callback(...result);
    });
    socket.once("close", () => clearTimeout(late));
  };
}

// It returns the socket, which its type leaves out.
type Connector = (
  options: buildConnector.Options,
  callback: buildConnector.Callback,
) => { destroy(error: Error): void; once(event: "close", listener: () => void): void };

function connectTimeout(connectMs: number): Error {
  return Object.assign(new Error(`no connection within ${connectMs} ms`), { code: "UND_ERR_CONNECT_TIMEOUT" });
}
