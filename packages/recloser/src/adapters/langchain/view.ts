/**
 * Another view of an object of the user's: some of its members are answered by us, all others by the object itself, whose
 * methods run with the view as `this`. So whatever it does by itself goes through us too, and the user's stays as it is.
 */
import { get } from "../../classify/safe.ts";

export type Method = (this: unknown, ...given: readonly unknown[]) => unknown;
export type Members = Readonly<Record<string, unknown>>;

/** @param members makes what the view answers itself; undefined members are the object's own */
export function viewOf<T extends object>(target: T, members: (view: T) => Members): T {
  const view: T = new Proxy(target, {
    get(_, name, receiver) {
      const own = typeof name === "string" && Object.hasOwn(answered, name) ? answered[name] : undefined;
      return own ?? (Reflect.get(target, name, receiver) as unknown);
    },
  });
  const answered = members(view);
  return view;
}

export function methodOf(target: unknown, name: string): Method | null {
  const method = get(target, name);
  return typeof method === "function" ? (method as Method) : null;
}

/** The method of this name that the whole family inherits: the one furthest up the chain. */
export function familyMethod(target: object, name: string): Method | null {
  let found: Method | null = null;
  for (let at: object | null = target; at !== null; at = Object.getPrototypeOf(at) as object | null)
    if (Object.hasOwn(at, name)) found = methodOf(at, name);
  return found;
}

/** The method of this name, where the object's own class has one besides the family's. */
export function ownMethod(target: object, name: string): Method | null {
  const method = methodOf(target, name);
  return method === familyMethod(target, name) ? null : method;
}
