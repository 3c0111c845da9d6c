/** A client whose calls go through breakers: a Proxy over it and over those of its resources that ask models. */
import type { Recloser } from "../../api.ts";
import { InvalidOptionError } from "../../errors.ts";
import { readPriority } from "../../priority.ts";
import { fields } from "../../validate.ts";
import { checkedKey, checkedRecloser } from "../call-key.ts";
import { ownRetries } from "../own-retries.ts";
import { answered, type GuardOptions } from "./guarded-call.ts";
import { type ApiPromise, type ApiPromiseClass, apiPromiseOf, type Post, type RequestOptions } from "./sdk.ts";

/** What an SDK has that another has not. */
export interface Make {
  /** For an error: what is expected as a client. */
  readonly expected: string;
  /** The resources that ask models, by their names in the client; those within them likewise. */
  readonly resources: Resources;
  /** Which requests are calls of a model. */
  readonly guards: (path: string) => boolean;
  readonly modelOf: (client: object, body: unknown) => string | undefined;
}

export interface Resources {
  readonly [name: string]: Resources;
}

interface Client extends Record<PropertyKey, unknown> {
  readonly baseURL: string;
  readonly maxRetries: unknown;
  readonly post: Post;
  withOptions(options: object): Client;
}

const guarded = new WeakSet<object>();

/** @throws InvalidOptionError for a client of another make or one that is guarded already, and for a bad option */
export function guardClient<C extends object>(client: C, recloser: Recloser, options: GuardOptions, make: Make): C {
  checkedRecloser(recloser);
  fields("options", options, ["key", "retry", "priority"]);
  checkedKey(options.key);
  ownRetries(options.retry); // a bad one fails here
  readPriority(options.priority);
  if (!isOf(client, make)) throw new InvalidOptionError("client", make.expected, client);
  if (guarded.has(client)) throw new InvalidOptionError("client", "one that is not guarded yet", client);
  return new Guard(client as unknown as Client, recloser, options, make).proxy as unknown as C;
}

// The first of its resources is the one no other make has: a client of another would go unguarded, and nobody would notice.
function isOf(client: object, { resources }: Make): boolean {
  const [own = ""] = Object.keys(resources);
  return typeof (client as Partial<Client> | null)?.post === "function" && own in client;
}

class Guard {
  readonly proxy: Client;
  readonly #client: Client;
  readonly #recloser: Recloser;
  readonly #options: GuardOptions;
  readonly #make: Make;
  readonly #ApiPromise: ApiPromiseClass;
  readonly #bound = new Map<unknown, unknown>();
  readonly #resources = new WeakMap<object, object>();

  constructor(client: Client, recloser: Recloser, options: GuardOptions, make: Make) {
    this.#client = client;
    this.#recloser = recloser;
    this.#options = options;
    this.#make = make;
    this.#ApiPromise = apiPromiseOf(client, client.post.bind(client), make.expected);
    this.proxy = new Proxy(client, {
      // Accessors and methods run on the client itself, whose private fields a Proxy has not.
      get: (target, name) => this.#get(name, Reflect.get(target, name, target)),
      set: (target, name, value) => Reflect.set(target, name, value, target),
    });
    guarded.add(this.proxy);
  }

  #get(name: PropertyKey, value: unknown): unknown {
    if (name === "post") return this.#once(value, () => (path: string, given?: never) => this.#post(path, given));
    if (name === "withOptions") return this.#once(value, () => (given: object) => this.#again(given));
    if (typeof value === "function")
      return this.#isMethod(name) ? this.#once(value, () => value.bind(this.#client)) : value;
    const within = typeof name === "string" ? this.#make.resources[name] : undefined;
    return within === undefined ? value : this.#resource(value, within);
  }

  // The same function each time it is asked for, as on the client.
  #once(value: unknown, bind: () => unknown): unknown {
    if (!this.#bound.has(value)) this.#bound.set(value, bind());
    return this.#bound.get(value);
  }

  #isMethod(name: PropertyKey): boolean {
    return name !== "constructor" && !Object.hasOwn(this.#client, name);
  }

  // All that is different in it is whom it asks: this, whatever helper it goes through.
  #resource(value: unknown, within: Resources): unknown {
    if (typeof value !== "object" || value === null || !("_client" in value)) return value;
    let proxy = this.#resources.get(value);
    if (proxy === undefined) {
      proxy = new Proxy(value, {
        get: (target, name, receiver) => {
          if (name === "_client") return this.proxy;
          const found: unknown = Reflect.get(target, name, receiver);
          const deeper = typeof name === "string" && Object.hasOwn(within, name) ? within[name] : undefined;
          return deeper === undefined ? found : this.#resource(found, deeper);
        },
      });
      this.#resources.set(value, proxy);
    }
    return proxy;
  }

  #again(given: object): unknown {
    return guardClient(this.#client.withOptions(given), this.#recloser, this.#options, this.#make);
  }

  #post(path: string, given: RequestOptions | Promise<RequestOptions> = {}): ApiPromise {
    const client = this.#client;
    if (!this.#make.guards(path)) return client.post(path, given);
    const answer = answered(this.#recloser, this.#options, {
      client,
      post: client.post.bind(client),
      path,
      given,
      modelOf: (body) => this.#make.modelOf(client, body),
    });
    return new this.#ApiPromise(
      client,
      answer.then(({ exchange }) => exchange),
      async (_, exchange) => (await answer).parse(exchange),
    );
  }
}
