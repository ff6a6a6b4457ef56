/**
 * Which fields of a body are read: what is never looked at makes no difference, whatever it holds.
 */

/** A value that notes what of it is read. */
export interface Watched {
  readonly value: unknown;
  /** Whether a field was read, or a value that holds it. @param name its path; every index of a list is written `[]` */
  wasRead(name: string): boolean;
}

/** Watches a parsed body. What is read of it is the same as without; who asks for an object's names has read all of its fields. */
export function watch(body: unknown): Watched {
  const fields = new Set<string>();
  // Something may be packed in a text: a token has claims.
  const texts = new Set<string>();
  const proxies = new WeakMap<object, unknown>();

  const watched = (value: unknown, path: string): unknown => {
    if (typeof value !== "object" || value === null) {
      texts.add(path);
      return value;
    }
    const known = proxies.get(value);
    if (known !== undefined) return known;
    const pathOf = (key: string) => [...(path === "" ? [] : [path]), Array.isArray(value) ? "[]" : key].join(".");
    const note = (key: string | symbol) => {
      if (typeof key === "string" && (Array.isArray(value) || Object.hasOwn(value, key))) fields.add(pathOf(key));
    };
    const proxy = new Proxy(value, {
      get: (target, key) => {
        note(key);
        const part: unknown = Reflect.get(target, key);
        return typeof key === "string" && Object.hasOwn(target, key) ? watched(part, pathOf(key)) : part;
      },
      has: (target, key) => {
        note(key);
        return Reflect.has(target, key);
      },
      getOwnPropertyDescriptor: (target, key) => {
        note(key);
        return Reflect.getOwnPropertyDescriptor(target, key);
      },
      ownKeys: (target) => {
        for (const key of Object.keys(target)) note(key);
        return Reflect.ownKeys(target);
      },
    });
    proxies.set(value, proxy);
    return proxy;
  };

  const holders = (name: string) => name.split(".").map((_, index, keys) => keys.slice(0, index).join("."));
  return {
    value: watched(body, ""),
    wasRead: (name) => fields.has(name) || holders(name).some((holder) => texts.has(holder)),
  };
}
