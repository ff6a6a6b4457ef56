/**
 * A Worker on plain workerd: its configuration, and the process.
 * @see https://github.com/cloudflare/workerd/blob/main/src/workerd/server/workerd.capnp
 */
import { spawn } from "node:child_process";
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, relative } from "node:path";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import * as z from "zod";
import { PROOF_KEY, PROOF_TEXT, type ProvenRuntime } from "../config/proof.ts";
import { modulesOf } from "./bundle.ts";
import { endWithUs } from "./guard.ts";
import type { WranglerConfig } from "./project.ts";
import { makeProof, type Proof } from "./proof.ts";

/** What is served, and where. */
export interface Serving {
  readonly config: WranglerConfig;
  /** The main module of a bundle, absolute. Those of the folder `parts` beside it are served with it. */
  readonly file: string;
  /** 0 takes a free one. */
  readonly port: number;
  /** The address to listen on: this machine alone unless said otherwise. */
  readonly host?: string;
  /** The folder of the durable objects' databases, absolute. The configuration stands beside it. */
  readonly state: string;
  /** Bindings of text, by name. They reach the process through its environment, never through a file. */
  readonly secrets: Readonly<Record<string, string>>;
  /** What is proven to the Worker; nothing unless said otherwise. */
  readonly runtime?: ProvenRuntime;
  /** Where a sandbox serves: `CDP_US` and `CDP_EU` are then bound to it, and nothing reaches Customer.io. */
  readonly sandbox: { readonly host: string } | null;
  /** Where the composer of the console asks; it has none unless said otherwise. */
  readonly composer?: { readonly host: string };
  /** Where every other request of the Worker goes, in place of the network: tests look at them. */
  readonly outbound?: { readonly host: string };
  /** Whether it is swept, as a schedule does it on Cloudflare, and how often, milliseconds. Its bundle exports `Sweep`. */
  readonly sweepEvery?: number;
  /** A command that takes workerd and its arguments as its own, and becomes it. */
  readonly launcher?: readonly string[];
}

/** A process that serves. */
export interface Server {
  readonly port: number;
  /** The id of the process. */
  readonly pid: number;
  /** Settles when the process is gone, whoever ended it. */
  readonly ended: Promise<void>;
  /** Ends it: requests under way are answered first. @param patience milliseconds for that at most, two seconds unless said otherwise */
  stop(patience?: number): Promise<void>;
}

/** The address that everything local is served on. */
export const LOCAL_ADDRESS = "127.0.0.1";

/** How often a Worker is swept where nothing else is said, milliseconds: as often as the schedule in wrangler.toml says. */
export const SWEEP_EVERY = 600_000;

/** The bindings that stand for Customer.io. The sandbox knows the region by the host that it is asked for. */
const CUSTOMER_IO = ["CDP_US", "CDP_EU"];

/** Where workerd's configuration of a Worker stands, absolute. */
function configFileOf({ config, state }: Serving): string {
  return join(dirname(state), `${config.name}.capnp`);
}

/**
 * The text of workerd's configuration. Of a proof it holds the key alone, so that the file by itself proves nothing.
 * @param modules those of the bundle, as `modulesOf` gives them
 */
export function renderWorkerd(serving: Serving, proof: Proof | null = null, modules: readonly string[] = ["index.js"]): string {
  const { config, sandbox, composer, outbound, host = LOCAL_ADDRESS } = serving;
  const secrets = secretsOf(serving, proof);
  const folder = relative(dirname(configFileOf(serving)), dirname(serving.file));
  const embedded = (name: string) => quote(join(folder, name).replaceAll("\\", "/"));
  const objects = config.durable_objects.bindings;
  const variables = Object.entries(config.vars).filter(([name]) => !(name in secrets));
  const bindings = [
    ...variables.map(([name, value]) =>
      typeof value === "string"
        ? `(name = ${quote(name)}, text = ${quote(value)})`
        : `(name = ${quote(name)}, json = ${quote(JSON.stringify(value))})`,
    ),
    ...(proof ? [`(name = ${quote(PROOF_KEY)}, data = 0x"${Buffer.from(proof.key).toString("hex")}")`] : []),
    ...Object.keys(secrets).map((name) => `(name = ${quote(name)}, fromEnvironment = ${quote(name)})`),
    ...objects.map((object) => `(name = ${quote(object.name)}, durableObjectNamespace = ${quote(object.class_name)})`),
    ...(sandbox ? CUSTOMER_IO.map((name) => `(name = ${quote(name)}, service = "sandbox")`) : []),
    ...(composer ? [`(name = "COMPOSER", service = "composer")`] : []),
  ];
  // The unique key names the databases on disk: it never changes, whatever the Worker is called.
  const namespaces = objects.map(
    ({ class_name }) => `(className = ${quote(class_name)}, uniqueKey = ${quote(class_name)}, enableSql = true)`,
  );
  const worker = [
    `modules = ${list(modules.map((name) => `(name = ${quote(name)}, esModule = embed ${embedded(name)})`))}`,
    `compatibilityDate = ${quote(config.compatibility_date)}`,
    `compatibilityFlags = ${list(config.compatibility_flags.map(quote))}`,
    `bindings = ${list(bindings)}`,
    `durableObjectNamespaces = ${list(namespaces)}`,
    ...(objects.length > 0 ? [`durableObjectStorage = (localDisk = "state")`] : []),
    ...(outbound ? [`globalOutbound = "outbound"`] : []),
  ];
  const services = [
    `(name = "worker", worker = (${worker.join(",\n      ")}))`,
    `(name = "state", disk = (path = ${quote(serving.state)}, writable = true))`,
    ...(outbound ? [`(name = "outbound", external = (address = ${quote(outbound.host)}, http = ()))`] : []),
    ...(sandbox ? [`(name = "sandbox", external = (address = ${quote(sandbox.host)}, http = ()))`] : []),
    ...(composer ? [`(name = "composer", external = (address = ${quote(composer.host)}, http = ()))`] : []),
  ];
  const address = (ip: string, port: number) => quote(`${ip.includes(":") ? `[${ip}]` : ip}:${port}`);
  const sockets = [
    `(name = "http", address = ${address(host, serving.port)}, http = (), service = "worker")`,
    ...(serving.sweepEvery === undefined
      ? []
      : [
          `(name = "sweep", address = ${address(LOCAL_ADDRESS, 0)}, http = (), service = (name = "worker", entrypoint = "Sweep"))`,
        ]),
  ];
  return `using Workerd = import "/workerd/workerd.capnp";

const config :Workerd.Config = (
  services = ${list(services)},
  sockets = ${list(sockets)}
);
`;
}

/** What is proven, anew. Where a variable has the name of a part of it nothing is: the Worker then says that it must go. */
function proofFor({ runtime, config, secrets }: Serving): Proof | null {
  const isTaken = [PROOF_KEY, PROOF_TEXT].some((name) => name in config.vars || name in secrets);
  return runtime === undefined || isTaken ? null : makeProof(runtime);
}

/** The bindings of text, with that of the proof. */
function secretsOf({ secrets }: Serving, proof: Proof | null): Readonly<Record<string, string>> {
  return proof ? { ...secrets, [PROOF_TEXT]: proof.text } : secrets;
}

function list(items: readonly string[]): string {
  return items.length === 0 ? "[]" : `[\n    ${items.join(",\n    ")}\n  ]`;
}

/** A text in Cap'n Proto's notation, which knows bytes but no code points. */
function quote(text: string): string {
  const bytes = [...new TextEncoder().encode(text)];
  const plain = (byte: number) => byte >= 0x20 && byte < 0x7f && byte !== 0x22 && byte !== 0x5c;
  return `"${bytes.map((byte) => (plain(byte) ? String.fromCharCode(byte) : `\\x${byte.toString(16).padStart(2, "0")}`)).join("")}"`;
}

/** The package brings no types: it exports where its binary is. */
const binary = z.object({ default: z.string() }).parse(createRequire(import.meta.url)("workerd")).default;

const listening = z.object({ event: z.literal("listen"), socket: z.string(), port: z.int() });

/** What the process is given of our own environment: it needs nothing else. The last two say where this machine keeps the certificates that it trusts. */
const INHERITED = ["PATH", "HOME", "TMPDIR", "SYSTEMROOT", "TEMP", "TZ", "SSL_CERT_FILE", "SSL_CERT_DIR"];

/**
 * Starts workerd.
 * @param print takes each line that it prints
 * @returns once it takes requests
 * @throws where it ends before that; the message is what it said
 */
export async function serve(serving: Serving, print: (line: string) => void): Promise<Server> {
  mkdirSync(serving.state, { recursive: true });
  const file = configFileOf(serving);
  const proof = proofFor(serving);
  writeFileSync(file, renderWorkerd(serving, proof, modulesOf(serving.file)), { mode: 0o600 });
  chmodSync(file, 0o600);
  const inherited = Object.fromEntries(INHERITED.flatMap((name) => (process.env[name] ? [[name, process.env[name]]] : [])));
  const [command = binary, ...args] = [...(serving.launcher ?? []), binary, "serve", "--control-fd=3", file];
  const child = spawn(command, args, {
    env: { ...inherited, ...secretsOf(serving, proof) },
    stdio: ["ignore", "pipe", "pipe", "pipe"],
  });
  endWithUs(child);
  const ended = new Promise<void>((settle) => {
    child.on("error", () => settle());
    child.on("exit", () => settle());
  });
  const said: string[] = [];
  const [, stdout, stderr, control] = child.stdio;
  for (const stream of [stdout, stderr].filter(isReadable)) {
    createInterface({ input: stream }).on("line", (line) => {
      if (said.length < 20) said.push(line);
      print(line);
    });
  }
  if (!isReadable(control)) throw new Error("workerd was started without its control channel");
  const names = serving.sweepEvery === undefined ? ["http"] : ["http", "sweep"];
  const ports = await Promise.race([portsOf(control, names), ended.then(() => null)]);
  const port = ports?.get("http");
  if (port === undefined || child.pid === undefined) throw new Error(said.join("\n") || `${command} cannot be started`);
  const sweeping = sweepRegularly(ports?.get("sweep"), serving.sweepEvery);
  void ended.then(() => clearInterval(sweeping));

  return {
    port,
    pid: child.pid,
    ended,
    stop: async (patience = 2_000) => {
      child.kill("SIGTERM");
      const impatient = setTimeout(() => child.kill("SIGKILL"), patience);
      await ended;
      clearTimeout(impatient);
    },
  };
}

function isReadable(stream: unknown): stream is Readable {
  return typeof stream === "object" && stream !== null && "readable" in stream;
}

/** The ports that workerd reports for these sockets as soon as it listens. Settles never where it ends before. */
async function portsOf(control: Readable, names: readonly string[]): Promise<ReadonlyMap<string, number>> {
  const lines = createInterface({ input: control });
  const ports = new Map<string, number>();
  return new Promise((settle) => {
    lines.on("line", (line) => {
      const message = listening.safeParse(JSON.parse(line));
      if (!message.success) return;
      ports.set(message.data.socket, message.data.port);
      if (names.every((name) => ports.has(name))) settle(ports);
    });
  });
}

/** Asks for a sweep again and again. What it finds is in the Worker's log. */
function sweepRegularly(port: number | undefined, every: number | undefined): NodeJS.Timeout | undefined {
  if (port === undefined || every === undefined) return undefined;
  const sweep = async () => {
    try {
      await (await fetch(`http://${LOCAL_ADDRESS}:${port}/`)).body?.cancel();
    } catch {
      // It is about to end, or too busy: the next one is soon enough.
    }
  };
  return setInterval(() => void sweep(), every).unref();
}
