// The site of the documentation: the Markdown files as they are, and a sidebar from the table of docs/README.md.
//   npm run docs:build      a link that leads nowhere fails
import { readFileSync } from "node:fs";
import { defineConfig } from "vitepress";

const SECTIONS = { guide: "Guide", explanation: "Explanation", reference: "Reference", decisions: "Decisions" };

const index = readFileSync(new URL("../README.md", import.meta.url), "utf8");
const pages = [...index.matchAll(/^\| \[([^\]]+)\]\(([^)]+)\.md\) +\|/gm)].map(([, text, path]) => ({
  text,
  link: `/${path.replace(/README$/, "")}`,
}));

export default defineConfig({
  title: "Recloser",
  description: "A circuit breaker for calls to LLM providers",
  outDir: "../.cache/docs/site",
  cacheDir: "../.cache/docs/vite",
  rewrites: { "README.md": "index.md", "decisions/README.md": "decisions/index.md" },
  // Files of the repository beside the docs have no page. That they are there is what `npm run check:links` looks for.
  ignoreDeadLinks: [
    /^(\.\/)?(\.\.\/)+(benchmarks|packages|tests|examples|deploy|spec|scripts|README|CONTRIBUTING|SECURITY)/,
  ],
  themeConfig: {
    search: { provider: "local" },
    sidebar: Object.entries(SECTIONS).map(([folder, text]) => ({
      text,
      items: pages.filter(({ link }) => link.startsWith(`/${folder}/`)),
    })),
  },
});
