/** Which addresses are on this machine, and which are nobody's business from outside. */
import ipaddr from "ipaddr.js";

/** Whether only this machine reaches what listens there. */
export function isLoopback(host: string): boolean {
  const name = unbracketed(host);
  if (name === "localhost" || name.endsWith(".localhost")) return true;
  return rangeOf(name) === "loopback";
}

/** Whether a host is written as an address that is not public: private, link-local, loopback, and all that is reserved. */
export function isPrivateAddress(host: string): boolean {
  const name = unbracketed(host);
  if (isLoopback(name)) return true;
  const range = rangeOf(name);
  return range !== null && range !== "unicast";
}

function rangeOf(name: string): string | null {
  return ipaddr.isValid(name) ? ipaddr.process(name).range() : null;
}

function unbracketed(host: string): string {
  return host
    .replace(/^\[(.*)\]$/, "$1")
    .replace(/\.$/, "")
    .toLowerCase();
}
