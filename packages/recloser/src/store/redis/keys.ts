/**
 * The keys of a namespace. All of one namespace are in one slot of a cluster, by the part in braces; a record's name is
 * whatever its user made it, so it stands last.
 */
export class Keys {
  readonly #prefix: string;

  /** @param namespace any text; what could end the braces is escaped, so that two namespaces never meet */
  constructor(namespace: string) {
    this.#prefix = `rc1:{${namespace.replace(/[%{}]/g, encodeURIComponent)}}:`;
  }

  record(name: string): string {
    return `${this.#prefix}b:${name}`;
  }

  /** Where what cannot be read is kept. */
  aside(name: string): string {
    return `${this.#prefix}q:${name}`;
  }

  /** What the scripts set aside for keys of the namespace's own, by the flag that tells of it (lua/lib/operation.lua). */
  get ownByFlag(): readonly (readonly [flag: string, key: string, aside: string])[] {
    const [names = "", life = ""] = this.ofChanges;
    const own = { c: names, l: life, i: this.index, o: this.policies };
    return Object.entries(own).map(([flag, key]) => [flag, key, `${key}:q`]);
  }

  /** Of the whole fleet (lua/change-policy.lua). */
  get policies(): string {
    return `${this.#prefix}pol`;
  }

  get channel(): string {
    return `${this.#prefix}ev`;
  }

  get ping(): string {
    return `${this.#prefix}ping`;
  }

  get index(): string {
    return `${this.#prefix}idx`;
  }

  get ofChanges(): readonly string[] {
    return [`${this.#prefix}chg`, `${this.#prefix}log`];
  }

  /** As lua/note.lua names them. */
  get ofHistory(): readonly string[] {
    return ["hist", "audit", "replicas", "seen"].map((name) => this.#prefix + name);
  }

  /** What the keys of series begin with; hour and record follow. */
  get series(): string {
    return `${this.#prefix}m:`;
  }

  /** As lua/lib/operation.lua names them. @param reportId of a report */
  ofOperation(name: string, reportId: string | null): readonly string[] {
    const keys = [this.record(name), ...this.ofChanges, this.index, this.aside(name)];
    return reportId === null ? keys : [...keys, `${this.#prefix}r:${reportId}`];
  }
}
