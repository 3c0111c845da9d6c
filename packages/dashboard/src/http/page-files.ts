/** The page as `vite build` left it: a few files, read once and kept. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { extname } from "node:path";

// Beside the compiled files; the same place when the source is run as it is.
const FOLDER = new URL("../../dist/page/", import.meta.url);

const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
};

const SECURITY = {
  "content-security-policy": [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self'",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
  ].join("; "),
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
};

interface PageFile {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly headers: Readonly<Record<string, string>>;
}

let files: ReadonlyMap<string, PageFile> | null = null;

/** @param name "" for the page itself, else as the page asks for it @returns null: no such file */
export function pageFile(name: string): Response | null {
  files ??= read();
  const file = files.get(name === "" ? "index.html" : name);
  return file === undefined ? null : new Response(file.bytes, { headers: file.headers });
}

// Names come from the folder, never from a request: no path leads out of it.
function read(): ReadonlyMap<string, PageFile> {
  const found = new Map<string, PageFile>();
  if (!existsSync(FOLDER)) return found; // a clone that was not built: the API works all the same
  for (const entry of readdirSync(FOLDER, { recursive: true })) {
    const name = String(entry).replaceAll("\\", "/");
    const type = TYPES[extname(name)];
    if (type === undefined) continue;
    // What is under assets has its content's digest in its name.
    const cache = name.startsWith("assets/") ? "public, max-age=31536000, immutable" : "no-cache";
    const headers = { "content-type": type, "cache-control": cache, ...SECURITY };
    found.set(name, { bytes: new Uint8Array(readFileSync(new URL(name, FOLDER))), headers });
  }
  return found;
}
