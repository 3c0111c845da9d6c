/** Reads YAML 1.2, keeping where each value stands. */
import {
  Composer,
  type CST,
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  type Node,
  Parser,
  type YAMLError,
} from "yaml";
import { DEEPEST, type SourceEntry, type SourceFault, type SourceNode } from "./source-tree.ts";

export function readYaml(text: string): SourceNode | readonly SourceFault[] {
  const tokens = [...new Parser().parse(text)];
  const deep = tooDeep(tokens);
  if (deep !== null) return [syntaxFault(deep, `at most ${DEEPEST} levels`, "more")];
  // Duplicates are found later, without the library's comparison of each key with all others. Its pretty errors quote the file.
  const composer = new Composer({
    prettyErrors: false,
    uniqueKeys: false,
    resolveKnownTags: false,
    logLevel: "silent",
  });
  const [document, second] = [...composer.compose(tokens, true, text.length)];
  if (document === undefined) return { kind: "map", offset: 0, entries: [] };
  const wrong = [...document.errors, ...document.warnings];
  if (wrong.length > 0) return wrong.map(({ code, pos: [offset] }) => syntaxFault(offset, ...said(code)));
  if (second !== undefined) return [syntaxFault(second.range[0], "one document", "a second one")];
  return new Reading(document).result();
}

function syntaxFault(offset: number, expected: string, received: string): SourceFault {
  return { offset, path: [], expected, received };
}

/**
 * The composer calls itself for each level, and deep enough it takes the process along (V8 aborts where a regular expression
 * is compiled on an exhausted stack). The parser before it does not, so depth is judged by its tokens.
 */
function tooDeep(tokens: readonly CST.Token[]): number | null {
  const open: { token: CST.Token | null | undefined; depth: number }[] = tokens.map((token) => ({ token, depth: 0 }));
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { token, depth } = next;
    if (token === null || token === undefined) continue;
    // Each level of a key and of a value; a level more than there may be is refused where it can be named.
    if (depth > DEEPEST + 1) return token.offset;
    if (token.type === "document") open.push({ token: token.value, depth });
    if ("items" in token)
      for (const { key, value } of token.items)
        open.push({ token: key, depth: depth + 1 }, { token: value, depth: depth + 1 });
  }
  return null;
}

/** From the library's nodes to ours. Aliases are followed in the order of the document, as YAML means them. */
class Reading {
  readonly #document: Document.Parsed;
  readonly #anchors = new Map<string, SourceNode | null>();
  readonly #faults: SourceFault[] = [];

  constructor(document: Document.Parsed) {
    this.#document = document;
  }

  result(): SourceNode | readonly SourceFault[] {
    const { contents } = this.#document;
    // A file of comments only: everything as by default.
    if (contents === null || (isScalar(contents) && contents.value === null && contents.source === ""))
      return { kind: "map", offset: 0, entries: [] };
    const root = this.#read(contents, 0);
    return this.#faults.length > 0 ? this.#faults : root;
  }

  #read(node: Node | null, fallbackOffset: number): SourceNode {
    const offset = node?.range?.[0] ?? fallbackOffset;
    if (node === null) return { kind: "scalar", offset, value: null };
    if (isAlias(node)) return this.#aliased(node.source, offset);
    const { anchor } = node as { anchor?: string };
    // Null while it is being read: an anchor that holds itself has no end.
    if (anchor !== undefined) this.#anchors.set(anchor, null);
    const read = this.#readPlain(node, offset);
    if (anchor !== undefined) this.#anchors.set(anchor, read);
    return read;
  }

  #readPlain(node: Node, offset: number): SourceNode {
    if (isSeq(node))
      return { kind: "list", offset, items: node.items.map((item) => this.#read(item as Node | null, offset)) };
    if (isMap(node)) return { kind: "map", offset, entries: node.items.flatMap((pair) => this.#entry(pair, offset)) };
    return { kind: "scalar", offset, value: isScalar(node) ? node.value : null };
  }

  #entry({ key, value }: { key: unknown; value: unknown }, mapOffset: number): SourceEntry[] {
    const keyOffset = (key as Node | null)?.range?.[0] ?? mapOffset;
    if (!isScalar(key) || key.value === null) {
      this.#faults.push(syntaxFault(keyOffset, "a name", "a list, an object, an alias or nothing"));
      return [];
    }
    if (key.value === "<<" && key.type === "PLAIN") {
      const expected = "no merge key (it is not YAML 1.2): an alias may stand for a whole value";
      this.#faults.push(syntaxFault(keyOffset, expected, "<<"));
      return [];
    }
    return [
      { key: key.source ?? JSON.stringify(key.value), keyOffset, value: this.#read(value as Node | null, keyOffset) },
    ];
  }

  #aliased(name: string, offset: number): SourceNode {
    const node = this.#anchors.get(name);
    if (node !== undefined && node !== null) return { ...node, offset };
    this.#faults.push(
      syntaxFault(
        offset,
        "an alias of an anchor that stands before it",
        node === null ? "an alias of what it lies in" : "an alias without an anchor",
      ),
    );
    return { kind: "scalar", offset, value: null };
  }
}

// In words of our own: the library's own sentences quote the text, and there may be a secret in it.
const SAID: Readonly<Record<YAMLError["code"], readonly [string, string]>> = {
  ALIAS_PROPS: ["an alias alone", "an alias with an anchor or a tag"],
  BAD_ALIAS: ["a name after *", "none, or one that YAML does not allow"],
  BAD_COLLECTION_TYPE: ["a value that fits its tag", "another"],
  BAD_DIRECTIVE: ["a directive that YAML knows", "another"],
  BAD_DQ_ESCAPE: ["an escape that YAML knows", "another"],
  BAD_INDENT: ["the indentation of its neighbours, or the end of a list or an object that was opened", "another"],
  BAD_PROP_ORDER: ["anchor and tag before the value", "another order"],
  BAD_SCALAR_START: [
    "a text in quotation marks, as it begins with a character that YAML has other uses for",
    "it without",
  ],
  BLOCK_AS_IMPLICIT_KEY: ["a new line before a list or an object that is a value", "it on the same line"],
  BLOCK_IN_FLOW: ["brackets or braces inside brackets or braces", "a block"],
  DUPLICATE_KEY: ["each name once", "it a second time"],
  IMPOSSIBLE: ["YAML", "something else"],
  KEY_OVER_1024_CHARS: ["a name of at most 1024 characters", "a longer one"],
  MISSING_CHAR: ["the end of a text, a list or an object, or a colon or a comma", "something else"],
  MULTILINE_IMPLICIT_KEY: ["a name on one line, and a colon after it", "more than one line"],
  MULTIPLE_ANCHORS: ["one anchor", "more"],
  MULTIPLE_DOCS: ["one document", "a second one"],
  MULTIPLE_TAGS: ["one tag", "more"],
  NON_STRING_KEY: ["a text as name", "something else"],
  RESOURCE_EXHAUSTION: ["a smaller document", "one that is too much to read"],
  TAB_AS_INDENT: ["spaces as indentation", "a tab"],
  TAG_RESOLVE_FAILED: ["no tag, or one of YAML's own that fits the value", "another"],
  UNEXPECTED_TOKEN: ["YAML", "a character that has no place there"],
};

function said(code: YAMLError["code"]): readonly [string, string] {
  return SAID[code] ?? ["YAML", "something else"];
}
