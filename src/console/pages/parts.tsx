/**
 * The parts that pages are made of. Whatever came from a vendor is text inside them.
 */
import type { Child, PropsWithChildren } from "hono/jsx";
import type { View } from "./view.ts";

/** A vendor's text: its direction stays its own. */
export function Text({ children }: { readonly children: string | null }) {
  return <bdi>{children ?? "–"}</bdi>;
}

/** A time, UTC. @param at milliseconds since 1970 @param precise whether its milliseconds are shown */
export function Time({ at, precise = false }: { readonly at: number | null; readonly precise?: boolean }) {
  const date = new Date(at ?? Number.NaN);
  if (Number.isNaN(date.getTime())) return <span>–</span>;
  const text = date.toISOString();
  return <time datetime={text}>{`${text.slice(0, 10)} ${text.slice(11, precise ? 23 : 19)} UTC`}</time>;
}

/** What became of an event, or how something is. */
export function Badge({ of }: { readonly of: string }) {
  return <span class={`badge ${of.replace(/[^a-z_]/g, "")}`}>{of.replaceAll("_", " ")}</span>;
}

/** A table that scrolls by itself where it is too wide. */
export function Table({
  caption,
  head,
  rows,
  keys,
  grows = false,
}: {
  readonly caption: string;
  readonly head: readonly Child[];
  readonly rows: readonly (readonly Child[])[];
  /** What each row is about: where the page is live, its row shows how that changes. */
  readonly keys?: readonly string[];
  /** Whether a live page says how many rows are new. */
  readonly grows?: boolean;
}) {
  return (
    <section class="scroll" tabindex={0} aria-label={caption}>
      <table>
        <caption>{caption}</caption>
        <thead>
          <tr>
            {head.map((name) => (
              <th scope="col">{name}</th>
            ))}
          </tr>
        </thead>
        <tbody data-grows={grows ? "yes" : undefined}>
          {rows.map((cells, index) => (
            <tr data-key={keys?.[index]}>
              {cells.map((cell) => (
                <td>{cell}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

/** Text as it stands, which scrolls by itself where it is long. */
export function Code({ children }: { readonly children: string }) {
  return (
    <pre tabindex={0}>
      <code>{children}</code>
    </pre>
  );
}

/** Names and values. @param about what they are about, where the page is live */
export function Facts({ of, about }: { readonly of: readonly (readonly [string, Child])[]; readonly about?: string }) {
  return (
    <dl data-key={about}>
      {of.map(([name, value]) => (
        <div>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

/** A field of a form with its label. */
export function Field({
  name,
  label,
  value = "",
  type = "text",
}: {
  readonly name: string;
  readonly label: string;
  readonly value?: string | undefined;
  readonly type?: string;
}) {
  return (
    <p class="field">
      <label for={`field-${name}`}>{label}</label>
      <input id={`field-${name}`} name={name} type={type} value={value} />
    </p>
  );
}

/** A choice of a form with its label; the first means any. */
export function Choice({
  name,
  label,
  value = "",
  of,
}: {
  readonly name: string;
  readonly label: string;
  readonly value?: string | undefined;
  readonly of: readonly string[];
}) {
  return (
    <p class="field">
      <label for={`field-${name}`}>{label}</label>
      <select id={`field-${name}`} name={name}>
        <option value="">any</option>
        {of.map((one) => (
          <option value={one} selected={one === value}>
            {one.replaceAll("_", " ")}
          </option>
        ))}
      </select>
    </p>
  );
}

/** A form that changes something. @param fields what it sends beside what is in it */
export function Action({
  to,
  fields = {},
  children,
}: PropsWithChildren<{ readonly to: string; readonly fields?: Readonly<Record<string, string>> }>) {
  return (
    <form method="post" action={to}>
      {Object.entries(fields).map(([name, value]) => (
        <input type="hidden" name={name} value={value} />
      ))}
      {children}
    </form>
  );
}

/** A message that asks for attention. */
export function Notice({ children }: PropsWithChildren) {
  return (
    <p class="notice" role="status">
      {children}
    </p>
  );
}

/** A page that says why something was refused. */
export function refusalView({
  status,
  message,
}: {
  readonly status: NonNullable<View["status"]>;
  readonly message: string;
}): View {
  return {
    title: "Refused",
    status,
    body: (
      <p class="notice" role="alert">
        {message}
      </p>
    ),
  };
}
