/** What the library's source declares, read from its syntax: the types that no program can ask for at run time. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseSync } from "oxc-parser";

const folder = fileURLToPath(new URL("../../packages/recloser/src/", import.meta.url));

interface Node {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly [property: string]: unknown;
}

export interface Field {
  readonly name: string;
  /** The type as it is written. */
  readonly type: string;
  /** The texts among its literals. */
  readonly words: readonly string[];
}

/** Every file of the source, tests left out, as `{ name, text }`. */
export function sourceFiles(): { name: string; text: string }[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts") && !name.endsWith(".test.ts"))
    .map((name) => ({ name, text: readFileSync(join(folder, name), "utf8") }));
}

/** The fields that an interface declares itself, in order. */
export function fieldsOfInterface(file: string, name: string): Field[] {
  const { text, declarations } = parsed(file);
  const found = declarations.find((node) => node.type === "TSInterfaceDeclaration" && nameOf(node["id"]) === name);
  if (found === undefined) throw new Error(`${file} declares no interface ${name}`);
  return fieldsIn(text, (found["body"] as Node)["body"] as Node[]);
}

/** The fields of a type that a field of an interface spells out in place. */
export function fieldsOfField(file: string, name: string, field: string): Field[] {
  const { text, declarations } = parsed(file);
  const found = declarations.find((node) => node.type === "TSInterfaceDeclaration" && nameOf(node["id"]) === name);
  const members = ((found?.["body"] as Node | undefined)?.["body"] as Node[] | undefined) ?? [];
  const member = members.find((each) => nameOf(each["key"]) === field);
  const literal = (member?.["typeAnnotation"] as Node | undefined)?.["typeAnnotation"] as Node | undefined;
  if (literal?.type !== "TSTypeLiteral") throw new Error(`${name}.${field} is no type literal`);
  return fieldsIn(text, literal["members"] as Node[]);
}

/** The public fields of every exported class of a file, by its name. */
export function fieldsOfClasses(file: string): ReadonlyMap<string, Field[]> {
  const { text, declarations } = parsed(file);
  const classes = declarations.filter((node) => node.type === "ClassDeclaration");
  return new Map(
    classes.map((node) => {
      const members = ((node["body"] as Node)["body"] as Node[]).filter((each) => each.type === "PropertyDefinition");
      return [nameOf(node["id"]) ?? "", fieldsIn(text, members)];
    }),
  );
}

/** The texts of a union type, those of the unions it names in the same file included. */
export function wordsOfType(file: string, name: string): string[] {
  const { declarations } = parsed(file);
  const found = declarations.find((node) => node.type === "TSTypeAliasDeclaration" && nameOf(node["id"]) === name);
  if (found === undefined) throw new Error(`${file} declares no type ${name}`);
  return wordsIn(found["typeAnnotation"]);
}

function parsed(file: string): { text: string; declarations: Node[] } {
  const text = readFileSync(join(folder, file), "utf8");
  const { program, errors } = parseSync(file, text);
  if (errors.length > 0) throw new Error(`${file} does not parse`);
  const declarations = (program.body as unknown as Node[]).map((node) =>
    node.type === "ExportNamedDeclaration" && node["declaration"] !== null ? (node["declaration"] as Node) : node,
  );
  return { text, declarations };
}

function fieldsIn(text: string, members: readonly Node[]): Field[] {
  return members.map((member) => {
    const type = (member["typeAnnotation"] as Node | null | undefined)?.["typeAnnotation"] as Node | undefined;
    const value = member["value"] as Node | null | undefined;
    const written = type ?? value;
    return {
      name: nameOf(member["key"]) ?? "",
      type: written === undefined || written === null ? "" : text.slice(written.start, written.end),
      words: type === undefined ? [] : wordsIn(type),
    };
  });
}

function nameOf(node: unknown): string | undefined {
  const { name, value } = (node ?? {}) as { name?: string; value?: string };
  return name ?? value;
}

// A walk that knows no node: every literal below it.
function wordsIn(node: unknown): string[] {
  if (Array.isArray(node)) return node.flatMap(wordsIn);
  if (typeof node !== "object" || node === null) return [];
  const { type, value } = node as Node;
  if (type === "Literal") return typeof value === "string" ? [value] : [];
  // `ShedError["reason"]` is no word of its own.
  if (type === "TSIndexedAccessType") return [];
  return Object.values(node).flatMap(wordsIn);
}
