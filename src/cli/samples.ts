/**
 * Webhooks to send: samples of an adapter, or a recorded body, each before it is signed.
 */
import { existsSync, readFileSync } from "node:fs";
import type { Source } from "../config/model.ts";
import { formatOf } from "../contract/formats.ts";
import { utf8Bytes } from "../contract/verify/encoding.ts";
import type { SignedRequest } from "../contract/verify/verifier.ts";
import { type Setting, withValues } from "./body-values.ts";
import { findFixture, fixtureNames } from "./fixtures.ts";
import { didYouMean } from "./nearest.ts";
import { toRequest } from "./recorded.ts";
import { freshen } from "./requests.ts";

/** A webhook to send. */
export interface Sample {
  /** The event, or the file's path. */
  readonly name: string;
  readonly request: SignedRequest;
  /** Options that its source has beside those of the demo. */
  readonly needs?: readonly string[];
}

/** A sample, or why there is none. */
export type FoundSample = { readonly ok: true; readonly sample: Sample } | { readonly ok: false; readonly problem: string };

/** What is changed of a sample before it is signed. */
export interface Changes {
  readonly headers: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string>>;
  readonly settings: readonly Setting[];
  /** Whether it becomes a new event, with the same content. */
  readonly isFresh: boolean;
}

/** The sample of an event. */
export function sampleOf(source: Source, event: string): FoundSample {
  const fixture = findFixture(source.adapter.id, event);
  if (fixture !== null) {
    const { name, options } = fixture;
    return { ok: true, sample: { name, request: toRequest(fixture, source), needs: Object.keys(options) } };
  }
  const meant = didYouMean(event.replaceAll("/", "_"), fixtureNames(source.adapter.id));
  return { ok: false, problem: `There is no sample of "${event}".${meant}\n${eventsOf(source)}` };
}

/** The samples that a source takes as it is configured: no handshake, and none that needs further options. */
export function samplesOf(source: Source): readonly Sample[] {
  return fixtureNames(source.adapter.id)
    .filter((name) => !name.startsWith("handshake"))
    .flatMap((name) => {
      const fixture = findFixture(source.adapter.id, name);
      const isPlain = fixture !== null && Object.keys(fixture.options).length === 0;
      return isPlain ? [{ name, request: toRequest(fixture, source) }] : [];
    });
}

/** The events that there are samples of, for a person. */
export function eventsOf({ name, adapter }: Source): string {
  const names = fixtureNames(adapter.id);
  return names.length === 0
    ? `There are no samples in test/fixtures/${adapter.id}.`
    : `Events of ${name}:\n  ${names.join("\n  ")}`;
}

/** A recorded body, byte for byte. @param path absolute */
export function recordedSample(source: Source, path: string): FoundSample {
  if (!existsSync(path)) return { ok: false, problem: `There is no file ${path}` };
  const body = new Uint8Array(readFileSync(path));
  const format = formatOf(source.adapter.format, body);
  const type = typeof format === "object" || format === "form" ? "application/x-www-form-urlencoded" : "application/json";
  const headers = new Headers({ "content-type": format === "text" || format === "jwt" ? "text/plain" : type });
  const request = { method: "POST", url: source.publicUrl ?? "", headers, query: new URLSearchParams(), pathToken: null, body };
  return { ok: true, sample: { name: path, request } };
}

/** The sample with changes. A value that is set stays as it is set, also where a new event would have another. */
export async function changed({ name, request }: Sample, source: Source, changes: Changes, now: number): Promise<FoundSample> {
  const headers = new Headers(request.headers);
  for (const [header, value] of Object.entries(changes.headers)) headers.set(header, value);
  const query = new URLSearchParams(request.query);
  for (const [field, value] of Object.entries(changes.query)) query.set(field, value);
  const url = request.url === "" || query.size === 0 ? request.url : `${request.url.split("?")[0]}?${query}`;
  const first = withSettings({ ...request, headers, query, url }, source, changes.settings);
  if (!first.ok) return first;
  if (!changes.isFresh) return { ok: true, sample: { name, request: first.request } };
  const last = withSettings(await freshen(first.request, source, now), source, changes.settings);
  return last.ok ? { ok: true, sample: { name, request: last.request } } : last;
}

type WithSettings = { readonly ok: true; readonly request: SignedRequest } | { readonly ok: false; readonly problem: string };

function withSettings(request: SignedRequest, { adapter }: Source, settings: readonly Setting[]): WithSettings {
  if (settings.length === 0) return { ok: true, request };
  const format = formatOf(adapter.format, request.body);
  // A token is made of its claims, which stand in the body until it is signed.
  const text = withValues(new TextDecoder().decode(request.body), format === "jwt" ? "json" : format, settings);
  return text.ok ? { ok: true, request: { ...request, body: utf8Bytes(text.text) } } : text;
}
