// Everything a user can reach from one declaration file: its exports and, through their types, what those are made of.
// Internals that a module merely exports to its neighbours stay out, so a change of them is no change of the API.
import { readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { parseSync } from "oxc-parser";

/** The text to pin for an entry: its export list, then each reachable declaration in a stable order. */
export function publicDeclarations(entryFile) {
  const modules = new Map();
  const load = (file) => {
    if (!modules.has(file)) modules.set(file, readModule(file));
    return modules.get(file);
  };
  const reached = new Map(); // file → names of the declarations to print
  const packages = new Set();

  const reach = (file, name) => {
    const module = load(file);
    const imported = module.imports.get(name);
    if (imported) return reachExport(imported.from, imported.name);
    if (!module.declarations.has(name)) return;
    const names = reached.get(file) ?? reached.set(file, new Set()).get(file);
    if (names.has(name)) return;
    names.add(name);
    for (const statement of module.declarations.get(name)) {
      for (const used of statement.references) reach(file, used);
      for (const { from, name: used } of statement.inlineImports) reachExport(from, used);
    }
  };
  const reachExport = (from, name) => {
    if (!from.endsWith(".d.ts")) return void packages.add(from);
    if (name === "*") for (const each of exportNames(load, from)) reachExport(from, each);
    const target = load(from).exports.get(name);
    if (target?.from) return reachExport(target.from, target.name);
    if (target) return reach(from, target.name);
    for (const star of load(from).stars) reachExport(star, name);
  };

  const names = [...exportNames(load, entryFile)].toSorted(byName);
  for (const name of names) reachExport(entryFile, name);

  const base = dirname(entryFile);
  const blocks = [...reached.keys()]
    .map((file) => ({ file, label: relative(base, file).replace(/\.d\.ts$/, "") }))
    .toSorted((a, b) => byName(a.label, b.label))
    .map(({ file, label }) => `// ${label}\n\n${printed(modules.get(file), reached.get(file))}`);
  const list = names.length === 0 ? "export {};" : `export {\n${names.map((name) => `  ${name},\n`).join("")}};`;
  const origins = [...packages].toSorted(byName).map((name) => `// uses ${name}\n`);
  return `${origins.join("")}${[list, ...blocks].join("\n\n")}\n`;
}

const byName = (a, b) => (a < b ? -1 : 1);

function exportNames(load, file, seen = new Set()) {
  if (seen.has(file) || !file.endsWith(".d.ts")) return new Set();
  seen.add(file);
  const { exports, stars } = load(file);
  return new Set([...exports.keys(), ...stars.flatMap((star) => [...exportNames(load, star, seen)])]);
}

function printed(module, names) {
  const statements = [...names].flatMap((name) => module.declarations.get(name));
  const inOrder = [...new Set(statements)].toSorted((a, b) => a.start - b.start);
  return inOrder.map((statement) => statement.text).join("\n");
}

/** One declaration file: its declarations by name, what it imports, what it exports. */
function readModule(file) {
  const source = readFileSync(file, "utf8");
  const { program, comments, errors } = parseSync(file, source);
  if (errors.length > 0) throw new Error(`${file}: ${errors[0].message}`);
  const module = { declarations: new Map(), imports: new Map(), exports: new Map(), stars: [] };
  const resolve = (specifier) => (specifier.startsWith(".") ? declarationFile(file, specifier) : specifier);

  for (const node of program.body) {
    if (node.type === "ImportDeclaration") {
      for (const s of node.specifiers) {
        const name =
          s.type === "ImportSpecifier" ? s.imported.name : s.type === "ImportDefaultSpecifier" ? "default" : "*";
        module.imports.set(s.local.name, { from: resolve(node.source.value), name });
      }
    } else if (node.type === "ExportAllDeclaration" && !node.exported) {
      module.stars.push(resolve(node.source.value));
    } else if (node.type === "ExportAllDeclaration") {
      module.exports.set(node.exported.name, { from: resolve(node.source.value), name: "*" });
    } else if (node.type === "ExportNamedDeclaration" && !node.declaration) {
      const from = node.source ? resolve(node.source.value) : undefined;
      for (const s of node.specifiers) module.exports.set(s.exported.name, { from, name: s.local.name });
    } else addDeclaration(module, node, source, comments, resolve);
  }
  return module;
}

function addDeclaration(module, node, source, comments, resolve) {
  const declaration = node.declaration ?? node;
  const statement = { start: node.start, text: withoutComments(source, node, comments), ...uses(declaration, resolve) };
  for (const name of declaredNames(declaration)) {
    module.declarations.set(name, [...(module.declarations.get(name) ?? []), statement]);
    if (node.type === "ExportDefaultDeclaration") module.exports.set("default", { name });
    else if (node.type === "ExportNamedDeclaration") module.exports.set(name, { name });
  }
}

function declaredNames(declaration) {
  if (declaration.type === "VariableDeclaration") return declaration.declarations.map((each) => each.id.name);
  return [declaration.id?.name ?? declaration.name ?? "default"];
}

/** Names a declaration mentions. A member's own name counts too: one declaration too many does no harm, one too few does. */
function uses(declaration, resolve) {
  const references = new Set();
  const inlineImports = [];
  const walk = (node) => {
    if (node === null || typeof node !== "object") return;
    if (Array.isArray(node)) return node.forEach(walk);
    if (node.type === "Identifier") references.add(node.name);
    if (node.type === "TSImportType") {
      const qualifier = node.qualifier?.left ?? node.qualifier;
      inlineImports.push({ from: resolve(node.source.value), name: qualifier?.name ?? "*" });
    }
    for (const [field, value] of Object.entries(node)) {
      const memberName = field === "key" && node.computed !== true;
      if (!memberName) walk(value);
    }
  };
  walk(declaration);
  return { references, inlineImports };
}

function declarationFile(from, specifier) {
  return join(dirname(from), specifier.replace(/\.(ts|js)$/, ".d.ts"));
}

function withoutComments(source, { start, end }, comments) {
  const inside = comments.filter((comment) => comment.start >= start && comment.end <= end);
  let text = "";
  let at = start;
  for (const comment of inside) {
    text += source.slice(at, comment.start);
    at = comment.end;
  }
  text += source.slice(at, end);
  return text.replace(/[ \t]+$/gm, "").replace(/\n{2,}/g, "\n");
}
