/**
 * The operator's rules for a source: rename events; keep, drop or hash properties and traits.
 */
import type { SourceRules } from "../config/model.ts";
import type { Draft, Properties, Value } from "../contract/drafts.ts";
import { encode, utf8Bytes } from "../contract/verify/encoding.ts";

/** Applies the rules to a draft. Facts about the person are not properties, and stay. */
export async function applyRules(draft: Draft, rules: SourceRules): Promise<Draft> {
  switch (draft.kind) {
    case "identify": {
      const { email: _email, phone: _phone, id: _id, ...traits } = draft.traits;
      return { ...draft, traits: await filtered(traits, rules) };
    }
    case "track":
      return {
        ...draft,
        event: rules.rename.get(draft.event) ?? draft.event,
        properties: await filtered(draft.properties, rules),
      };
    case "page":
    case "deleted":
      return { ...draft, properties: await filtered(draft.properties, rules) };
    case "group":
      return { ...draft, traits: await filtered(draft.traits, rules) };
    case "consent":
    case "state":
      return draft;
  }
}

async function filtered(properties: Properties, { keep, drop, hash }: SourceRules): Promise<Properties> {
  if (keep === null && drop.size === 0 && hash.size === 0) return properties;
  const left = Object.entries(properties).filter(([name]) => (keep === null || keep.has(name)) && !drop.has(name));
  return Object.fromEntries(
    await Promise.all(
      left.map(async ([name, value]): Promise<[string, Value]> => [name, hash.has(name) ? await hashed(value) : value]),
    ),
  );
}

/** The hash of a text or number. Other values have no canonical form, and are left out. */
async function hashed(value: Value): Promise<Value> {
  if (typeof value !== "string" && typeof value !== "number") return undefined;
  return encode(new Uint8Array(await crypto.subtle.digest("SHA-256", utf8Bytes(String(value)))), "hex");
}
