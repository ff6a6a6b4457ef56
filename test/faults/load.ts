/**
 * Sends webhooks over many connections, and writes down what was acknowledged. Plain sockets: a client that does more for each request
 * would take the processor from what is tried here.
 */
import { connect, type Socket } from "node:net";
import * as z from "zod";
import { LOCAL_ADDRESS } from "../../src/cli/workerd.ts";
import { ACCOUNT, signed, type Webhook } from "./webhooks.ts";

/** A webhook and what became of it. Times are ticks of one clock that counts sends and acknowledgements. */
export interface Parcel {
  readonly webhook: Webhook;
  /** First sent. */
  sentAt: number | null;
  /** Answered with 200. */
  acknowledgedAt: number | null;
  /** Vendor events that the acknowledgement said are new. */
  accepted: number;
  /** Answers other than 200. */
  readonly refusals: number[];
}

/** A webhook that was not sent yet. */
export function parcelOf(webhook: Webhook): Parcel {
  return { webhook, sentAt: null, acknowledgedAt: null, accepted: 0, refusals: [] };
}

/** Those that were not acknowledged: their vendor sends them again. */
export function unacknowledged(parcels: readonly Parcel[]): readonly Parcel[] {
  return parcels.filter(({ acknowledgedAt }) => acknowledgedAt === null);
}

/** Those that are to be sent again, then new ones. */
export function* parcelsOf(again: readonly Parcel[], webhooks: Iterable<Webhook>): Generator<Parcel> {
  yield* again;
  for (const webhook of webhooks) yield parcelOf(webhook);
}

/** Milliseconds. */
export function pause(duration: number): Promise<void> {
  return new Promise((resume) => setTimeout(resume, duration));
}

let clock = 0;

function tick(): number {
  clock += 1;
  return clock;
}

/**
 * Sends each parcel once; settles when all are answered, or when all connections are gone.
 * @param parcels taken one by one, as connections become free; what was taken is in `taken`
 */
export async function send(port: number, parcels: Iterable<Parcel>, connections = 16, taken: Parcel[] = []): Promise<void> {
  const iterator = parcels[Symbol.iterator]();
  const next = (): Parcel | null => {
    const result = iterator.next();
    if (result.done) return null;
    taken.push(result.value);
    return result.value;
  };
  await Promise.all(Array.from({ length: connections }, () => sendOver(port, next)));
}

async function sendOver(port: number, next: () => Parcel | null): Promise<void> {
  const line = await openLine(port);
  if (line === null) return;
  for (let parcel = next(); parcel !== null; parcel = next()) {
    const request = await requestOf(parcel.webhook);
    parcel.sentAt ??= tick();
    const answer = await line.ask(request);
    if (answer === null) return;
    if (answer.status === 200) {
      parcel.acknowledgedAt = tick();
      parcel.accepted = tally.parse(JSON.parse(answer.body)).accepted;
    } else parcel.refusals.push(answer.status);
  }
  line.close();
}

const tally = z.object({ accepted: z.int() });

/** The signed request of a webhook, as it is written on a socket. */
export async function requestOf(webhook: Webhook): Promise<Buffer> {
  const { headers, body } = await signed(webhook);
  const lines = [
    `POST /hooks/${ACCOUNT}/${webhook.source} HTTP/1.1`,
    `host: ${LOCAL_ADDRESS}`,
    ...Array.from(headers, ([name, value]) => `${name}: ${value}`),
    `content-length: ${body.byteLength}`,
  ];
  return Buffer.concat([Buffer.from(`${lines.join("\r\n")}\r\n\r\n`), body]);
}

interface Answer {
  readonly status: number;
  readonly body: string;
}

interface Line {
  /** `null` where the connection broke. */
  ask(request: Buffer): Promise<Answer | null>;
  close(): void;
}

async function openLine(port: number): Promise<Line | null> {
  const socket = connect({ port, host: LOCAL_ADDRESS, noDelay: true });
  if (!(await isConnected(socket))) return null;
  let received = "";
  let settle: ((answer: Answer | null) => void) | null = null;
  const end = (answer: Answer | null) => {
    settle?.(answer);
    settle = null;
  };
  socket.on("data", (chunk) => {
    received += chunk.toString("latin1");
    const answer = /^HTTP\/1\.1 (\d{3}).*?\r\ncontent-length: (\d+)\r\n.*?\r\n\r\n(.*)$/is.exec(received);
    const [, status = "", length = "", body = ""] = answer ?? [];
    if (answer === null || body.length < Number(length)) return;
    received = "";
    end({ status: Number(status), body });
  });
  socket.on("error", () => end(null));
  socket.on("close", () => end(null));
  return {
    ask: (request) =>
      new Promise((resolve) => {
        if (socket.destroyed) return resolve(null);
        settle = resolve;
        socket.write(request);
      }),
    close: () => socket.destroy(),
  };
}

function isConnected(socket: Socket): Promise<boolean> {
  return new Promise((settle) => socket.once("connect", () => settle(true)).once("error", () => settle(false)));
}
