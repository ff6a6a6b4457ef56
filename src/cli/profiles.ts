/**
 * Profiles: the Workers that an operator works with, each by a name. A profile says where the token is, never what it is.
 */
import { existsSync, readFileSync, statSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, resolve } from "node:path";
import { parse, stringify, TomlError } from "smol-toml";
import * as z from "zod";
import { isLoopbackHost } from "./loopback.ts";
import { didYouMean } from "./nearest.ts";
import { inProject } from "./project.ts";
import { localSecrets } from "./secrets.ts";
import { LOCAL_ADDRESS } from "./workerd.ts";

/** The file of profiles, in the project's folder; `TRIBUTARY_PROFILES` names another. */
export const PROFILES_FILE = "profiles.toml";

/** The profile of the Worker of `npm run dev`, which needs no file. */
export const LOCAL_PROFILE = "local";

/** A profile, as the file has it. */
const profile = z.strictObject({
  url: z.string().refine((text) => problemOfUrl(text) === null, { error: ({ input }) => problemOfUrl(String(input)) ?? "" }),
  account: z.string().regex(/^[a-z][a-z0-9-]{0,31}(\.[a-z][a-z0-9-]{0,31})?$/, "must be the name of an account"),
  token_env: z
    .string()
    .regex(/^[A-Za-z_]\w*$/, "must be the name of a variable of the environment, not the token")
    .optional(),
  token_file: z.string().min(1).optional(),
});

const profiles = z.record(z.string().regex(/^[a-z][a-z0-9-]{0,31}$/, "must be small letters, digits and -"), profile);

/** A profile, by the names of its file. */
export type Profile = z.output<typeof profile>;

/** The options of every command that is about a Worker. */
export const TARGET_OPTIONS = {
  profile: { type: "string", value: "NAME", description: "The Worker and account of this profile: see npx tributary profiles." },
  to: { type: "string", value: "URL", description: "The Worker; the local one unless said otherwise." },
  account: { type: "string", value: "NAME", description: "The account; that of the profile, else demo." },
} as const;

/** The variables of every command that is about a Worker. */
export const TARGET_ENVIRONMENT = {
  TRIBUTARY_PROFILE: "The profile, where neither --profile nor --to is given.",
  TRIBUTARY_PROFILES: "The file of profiles. Default: profiles.toml.",
  ADMIN_TOKEN: "Opens the operator API, where there is no profile.",
  PORT: "The port of the local Worker. Default: 8787.",
} as const;

/** The values of these options. */
export interface TargetValues {
  readonly profile?: string | undefined;
  readonly to?: string | undefined;
  readonly account?: string | undefined;
}

/** A Worker, and an account of it. */
export interface Target {
  readonly url: string;
  readonly account: string;
  /** Opens the operator API; `null` where there is none. */
  readonly token: string | null;
}

/** A target, or what is wrong with what names it. */
export type FoundTarget = { readonly ok: true; readonly target: Target } | { readonly ok: false; readonly problem: string };

/** The Worker and the account that a command line means. */
export function targetOf(values: TargetValues): FoundTarget {
  const { to, account } = values;
  if (to !== undefined && values.profile !== undefined)
    return { ok: false, problem: "--profile and --to: which Worker? The token of a profile is for its own Worker alone." };
  const name = to === undefined ? values.profile || process.env.TRIBUTARY_PROFILE || LOCAL_PROFILE : null;
  const read = name === null || name === LOCAL_PROFILE ? null : readProfiles();
  if (read !== null && !read.ok) return read;
  if (name === null || name === LOCAL_PROFILE) {
    const url = to ?? `http://${LOCAL_ADDRESS}:${process.env.PORT || 8787}`;
    const problem = problemOfUrl(url);
    if (problem !== null) return { ok: false, problem: `${url}: ${problem}` };
    // The local Worker has the token of .dev.vars too, if there is one there.
    const known = process.env.ADMIN_TOKEN || (to === undefined ? localSecrets().ADMIN_TOKEN : undefined);
    return guarded({ url, account: account ?? "demo", token: known || null });
  }
  const found = Object.hasOwn(read?.profiles ?? {}, name) ? read?.profiles[name] : undefined;
  if (read === null || found === undefined) {
    const names = [LOCAL_PROFILE, ...Object.keys(read?.profiles ?? {})];
    return { ok: false, problem: `There is no profile "${name}".${didYouMean(name, names)} There are: ${names.join(", ")}` };
  }
  const token = tokenOf(found, read.file);
  if (!token.ok) return { ok: false, problem: `Profile ${name}: ${token.problem}` };
  return guarded({ url: found.url, account: account ?? found.account, token: token.token });
}

/** A token goes over TLS, or stays on this machine. */
function guarded(target: Target): FoundTarget {
  const { protocol, hostname } = new URL(target.url);
  if (target.token === null || protocol === "https:" || isLoopbackHost(hostname)) return { ok: true, target };
  return {
    ok: false,
    problem: `${target.url} would get the token in the clear: use https, or a tunnel (ssh -L 8787:127.0.0.1:8080 <host>).`,
  };
}

/** The profiles of the file, or what is wrong with it. */
export type ReadProfiles =
  | { readonly ok: true; readonly file: string; readonly profiles: Readonly<Record<string, Profile>> }
  | { readonly ok: false; readonly problem: string };

/** Reads the file; where there is none, there are no profiles. */
export function readProfiles(): ReadProfiles {
  const file = profilesFile();
  if (!existsSync(file)) return { ok: true, file, profiles: {} };
  try {
    const read = profiles.safeParse(parse(readFileSync(file, "utf8")));
    if (read.success) return { ok: true, file, profiles: read.data };
    const [issue] = read.error.issues;
    const place = issue?.path.map(String) ?? [];
    // What stands there may be a token: it is not quoted.
    const told = issue?.code === "unrecognized_keys" ? unknownKeys(issue.keys) : issue?.message;
    return { ok: false, problem: `${file}: ${[place.join("."), told].filter(Boolean).join(": ")}` };
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    return { ok: false, problem: `${file}, line ${error.line}: this is not TOML.` };
  }
}

function unknownKeys(keys: readonly string[]): string {
  const advice = "A token does not belong into the file: token_env names the variable that has it, token_file its file.";
  return keys.includes("token") ? advice : `There is no ${keys.join(", ")}. There are: url, account, token_env, token_file`;
}

/** The text that adds a profile to the file. */
export function renderProfile(name: string, added: Profile): string {
  return stringify({ [name]: added });
}

/** Checks a profile before it is written. @returns what is wrong with it */
export function problemOfProfile(name: string, given: unknown): string | null {
  const read = profiles.safeParse({ [name]: given });
  return read.success ? null : (read.error.issues[0]?.message ?? "this is no profile");
}

/** Where the file is, absolute. */
export function profilesFile(): string {
  const named = process.env.TRIBUTARY_PROFILES;
  return named ? resolve(process.env.INIT_CWD ?? process.cwd(), named) : inProject(PROFILES_FILE);
}

type FoundToken = { readonly ok: true; readonly token: string | null } | { readonly ok: false; readonly problem: string };

/** The token of a profile. @param file the file of profiles, from which a relative path is meant */
export function tokenOf({ token_env, token_file }: Profile, file: string): FoundToken {
  if (token_env !== undefined && token_file !== undefined)
    return { ok: false, problem: "token_env and token_file: one of the two." };
  if (token_env !== undefined) {
    const token = process.env[token_env];
    return token ? { ok: true, token } : { ok: false, problem: `${token_env} is not set: it is to hold the token.` };
  }
  if (token_file === undefined) return { ok: true, token: null };
  const path = resolve(dirname(file), token_file.replace(/^~(?=\/)/, homedir()));
  const found = statSync(path, { throwIfNoEntry: false });
  if (!found?.isFile()) return { ok: false, problem: `There is no file ${path}: it is to hold the token.` };
  if (process.platform !== "win32" && (found.mode & 0o077) !== 0)
    return { ok: false, problem: `Other users can read ${path}: chmod 600 ${path}` };
  const token = readFileSync(path, "utf8").trim();
  return token === "" ? { ok: false, problem: `${path} is empty: it is to hold the token.` } : { ok: true, token };
}

/** What is wrong with the address of a Worker. */
function problemOfUrl(text: string): string | null {
  const url = URL.parse(text);
  if (url === null || !["http:", "https:"].includes(url.protocol))
    return "must be the URL of a Worker: https://hooks.example.com";
  if (url.username !== "" || url.password !== "") return "must have no user and no password";
  return url.pathname === "/" && url.search === "" && url.hash === "" ? null : "must end behind the host, or its port";
}
