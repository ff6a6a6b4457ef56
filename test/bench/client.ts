/**
 * A client on plain sockets that writes requests made before, one after the other on each connection, and does as little as possible for each: it
 * shares the machine with what it measures.
 */
import { connect, type Socket } from "node:net";
import { LOCAL_ADDRESS } from "../../src/cli/workerd.ts";
import { median } from "./statistics.ts";

/** How fast requests were answered. */
export interface Speed {
  readonly perSecond: number;
  /** Milliseconds from the request to its answer. */
  readonly p50: number;
  readonly p99: number;
}

/** Sends all requests over so many connections. @throws where an answer is not 200, or a connection breaks */
export async function load(port: number, requests: readonly Buffer[], connections: number): Promise<Speed> {
  const sockets = await Promise.all(Array.from({ length: connections }, () => open(port)));
  const times: number[] = [];
  let next = 0;
  const begun = performance.now();
  await Promise.all(
    sockets.map(async (socket) => {
      for (let request = requests[next++]; request !== undefined; request = requests[next++]) {
        const sentAt = performance.now();
        await answered(socket, request);
        times.push(performance.now() - sentAt);
      }
    }),
  );
  const seconds = (performance.now() - begun) / 1_000;
  for (const socket of sockets) socket.destroy();
  times.sort((one, other) => one - other);
  return { perSecond: requests.length / seconds, p50: median(times), p99: times[Math.floor(times.length * 0.99)] ?? 0 };
}

function open(port: number): Promise<Socket> {
  const socket = connect({ port, host: LOCAL_ADDRESS, noDelay: true });
  return new Promise((settle, fail) => socket.once("connect", () => settle(socket)).once("error", fail));
}

function answered(socket: Socket, request: Buffer): Promise<void> {
  return new Promise((settle, fail) => {
    let received = "";
    const end = (error?: Error) => {
      socket.off("data", take);
      socket.off("close", lost);
      if (error === undefined) settle();
      else fail(error);
    };
    const lost = () => end(new Error("the connection was closed"));
    const take = (chunk: Buffer) => {
      received += chunk.toString("latin1");
      if (!isWhole(received)) return;
      end(received.startsWith("HTTP/1.1 200") ? undefined : new Error(received));
    };
    socket.on("data", take);
    socket.on("close", lost);
    socket.write(request);
  });
}

/** Whether the answer has arrived to its end. All that are asked here say how long they are. */
function isWhole(answer: string): boolean {
  const head = answer.indexOf("\r\n\r\n");
  if (head === -1) return false;
  const [, length = "0"] = /\r\ncontent-length: (\d+)/i.exec(answer) ?? [];
  return answer.length >= head + 4 + Number(length);
}
