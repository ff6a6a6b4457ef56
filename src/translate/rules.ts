/**
 * The operator's rules for a source: rename events; keep, drop or hash properties and traits.
 */
import type { SourceRules } from "../config/model.ts";
import type { Draft, Properties, Value } from "../contract/drafts.ts";
import { encode, utf8Bytes } from "../contract/verify/encoding.ts";

/** Applies the rules to drafts. Facts about the person are not properties, and stay. Waits for nothing where nothing is hashed. */
export function applyRules(drafts: readonly Draft[], rules: SourceRules): readonly Draft[] | Promise<readonly Draft[]> {
  const left = drafts.map((draft) => withoutDropped(draft, rules));
  return rules.hash.size === 0 ? left : Promise.all(left.map((draft) => withHashes(draft, rules)));
}

function withoutDropped(draft: Draft, rules: SourceRules): Draft {
  switch (draft.kind) {
    case "identify": {
      const { email: _email, phone: _phone, id: _id, ...traits } = draft.traits;
      return { ...draft, traits: filtered(traits, rules) };
    }
    case "track": {
      const event = rules.rename.get(draft.event) ?? draft.event;
      const properties = filtered(draft.properties, rules);
      return event === draft.event && properties === draft.properties ? draft : { ...draft, event, properties };
    }
    case "page":
    case "deleted":
      return { ...draft, properties: filtered(draft.properties, rules) };
    case "group":
      return { ...draft, traits: filtered(draft.traits, rules) };
    case "consent":
    case "state":
      return draft;
  }
}

function filtered(properties: Properties, { keep, drop }: SourceRules): Properties {
  if (keep === null && drop.size === 0) return properties;
  return Object.fromEntries(Object.entries(properties).filter(([name]) => (keep === null || keep.has(name)) && !drop.has(name)));
}

async function withHashes(draft: Draft, { hash }: SourceRules): Promise<Draft> {
  const hashedIn = async (properties: Properties): Promise<Properties> =>
    Object.fromEntries(
      await Promise.all(
        Object.entries(properties).map(
          async ([name, value]): Promise<[string, Value]> => [name, hash.has(name) ? await hashed(value) : value],
        ),
      ),
    );
  switch (draft.kind) {
    case "identify":
      return { ...draft, traits: await hashedIn(draft.traits) };
    case "group":
      return { ...draft, traits: await hashedIn(draft.traits) };
    case "track":
    case "page":
    case "deleted":
      return { ...draft, properties: await hashedIn(draft.properties) };
    case "consent":
    case "state":
      return draft;
  }
}

/** The hash of a text or number. Other values have no canonical form, and are left out. */
async function hashed(value: Value): Promise<Value> {
  if (typeof value !== "string" && typeof value !== "number") return undefined;
  return encode(new Uint8Array(await crypto.subtle.digest("SHA-256", utf8Bytes(String(value)))), "hex");
}
