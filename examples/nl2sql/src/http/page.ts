/** The page: three files, and a policy that lets nothing else in. */
import { readFile } from "node:fs/promises";
import type { Routes } from "./app.ts";

const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

const FILES = {
  "/": ["index.html", "text/html; charset=utf-8"],
  "/page.js": ["page.js", "text/javascript; charset=utf-8"],
  "/page.css": ["page.css", "text/css; charset=utf-8"],
} as const;

/** Read once. */
export async function pageRoutes(): Promise<Routes> {
  const routes = Object.entries(FILES).map(async ([path, [file, type]]) => {
    const bytes = await readFile(new URL(`../../public/${file}`, import.meta.url));
    const headers = {
      "content-type": type,
      "content-security-policy": POLICY,
      "x-content-type-options": "nosniff",
      "referrer-policy": "no-referrer",
      "cache-control": "no-cache",
    };
    const route: Routes[string] = (_request, response) => {
      response.writeHead(200, headers).end(bytes);
      return Promise.resolve();
    };
    return [`GET ${path}`, route] as const;
  });
  return Object.fromEntries(await Promise.all(routes));
}
