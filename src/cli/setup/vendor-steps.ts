/**
 * What is left to do at each vendor: the URL, the steps, and the secret.
 */
import { secretName } from "../../secret-names.ts";
import { loadCatalogueEntry } from "../adapters.ts";
import { wrapped } from "../help.ts";
import type { Answers, SourceAnswer } from "./answers.ts";

/** The URL of a source. A secret that stands in the URL is named, not shown. */
export function hookUrl(account: string, { name, adapter }: SourceAnswer, worker: string): string {
  const url = new URL(`/hooks/${account}/${name}`, worker).href;
  const configured = adapter.configure(adapter.demoOptions);
  return configured.ok && configured.adapter.verifier.usesPathToken ? `${url}/<${secretName(account, name)}>` : url;
}

/** Columns before what a row says. */
const COLUMN = 10;

function row(title: string, text: string): readonly string[] {
  const [first = "", ...rest] = wrapped(text, COLUMN);
  return [`  ${title}`.padEnd(COLUMN) + first.trimStart(), ...rest];
}

/**
 * The steps at the vendors, as lines.
 * @param worker the address of the Worker; `null` while it is not known
 * @param known the names of the secrets that are set
 * @param howToSet what is said of a secret that is not set, and the command that sets it
 */
export async function vendorSteps(
  { account, sources }: Answers,
  worker: string | null,
  known: ReadonlySet<string>,
  howToSet: (name: string) => { readonly text: string; readonly command?: string },
): Promise<readonly string[]> {
  const lines: string[] = [];
  for (const source of sources) {
    const { adapter, name } = source;
    const { docs, setup } = await loadCatalogueEntry(adapter.id);
    const secret = secretName(account, name);
    const url = hookUrl(account, source, worker ?? "https://worker.invalid").replace(
      "https://worker.invalid",
      "https://<your Worker>",
    );
    const title = name === adapter.id ? adapter.name : `${adapter.name} (${name})`;
    const { text, command } = known.has(secret) ? { text: "It is set." } : howToSet(secret);
    lines.push(
      "",
      title,
      ...row("URL", url),
      ...row("Page", `adapters/${adapter.id}.md: its events and options. The vendor's: ${docs}`),
      ...row("Secret", `${secret}: ${adapter.secret.hint}. ${text}`),
      ...(command === undefined ? [] : [" ".repeat(COLUMN) + command]),
      ...setup.flatMap((step, index) => row(`${index + 1}.`, step)),
    );
  }
  return lines;
}
