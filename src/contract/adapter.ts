/**
 * Everything that a file in `adapters/` needs to define an adapter, in one import: the definition and the catalogue entry, event handlers, the
 * drafts they return, facts about people, schema fields, money, handshakes and look-ups. Verification is in `verify.ts`.
 *
 * For adapters only; the rest of `src/` imports the modules directly.
 */
export type { CatalogueEntry } from "./catalogue-entry.ts";
export { defineAdapter } from "./define.ts";
export {
  type CallContext,
  type Channel,
  CORE_TRAITS,
  type ConsentDraft,
  type CustomField,
  consent,
  type Draft,
  deleted,
  group,
  type IdentifyDraft,
  identify,
  ignore,
  ignoring,
  type Properties,
  page,
  pick,
  products,
  type StateDraft,
  type SumSoFar,
  type Traits,
  told,
  track,
  type Value,
} from "./drafts.ts";
export {
  backed,
  claimed,
  firstItem,
  firstStated,
  type IdFact,
  type Maybe,
  type PersonFacts,
  type PersonInput,
  person,
  personId,
  reference,
  type Trust,
  verified,
} from "./facts.ts";
export {
  anyObject,
  base64Json,
  blank,
  currency,
  decimal,
  decisive,
  each,
  flag,
  id,
  integer,
  isoTime,
  jsonText,
  list,
  maybe,
  number,
  optional,
  text,
  tokenText,
  unixMilliseconds,
  unixSeconds,
  utcTime,
} from "./fields.ts";
export { nested, onlyAddress } from "./forms.ts";
export { type Handler, type MapContext, type MapHandler, type MapResult, off, on } from "./handlers.ts";
export { answerJson, answerText, handshake } from "./handshake.ts";
export { hubChallenge } from "./hub-challenge.ts";
export {
  exponentOf,
  fromDecimal,
  fromMinor,
  inMinor,
  type Money,
  type MoneyProperties,
  money,
  moneyProperties,
} from "./money.ts";
export { parseAs } from "./read-as.ts";
export { bearerLookup, type Lookup, type Pull, type RemoteRequest } from "./remote.ts";
export type { Arrival, VendorEvent } from "./vendor-event.ts";
export { base64Xml } from "./xml.ts";
