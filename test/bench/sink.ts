/**
 * The cheapest stand-in for Customer.io: it counts the calls that it is sent and says yes.
 */
import { createServer } from "node:http";
import { LOCAL_ADDRESS } from "../../src/cli/workerd.ts";

/** A sink that serves. */
export interface Sink {
  readonly host: string;
  /** Calls that it was sent. */
  calls(): number;
  /** Requests that they came in. */
  requests(): number;
  /** When the last of them arrived, milliseconds of the monotonic clock. */
  lastAt(): number;
  stop(): void;
}

/** Starts a sink in this process. */
export async function startSink(): Promise<Sink> {
  let calls = 0;
  let requests = 0;
  let lastAt = 0;
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      calls += Buffer.concat(chunks).toString("latin1").split('"messageId":').length - 1;
      requests += 1;
      lastAt = performance.now();
      response.end('{"success":true}');
    });
  });
  const port = await new Promise<number>((settle) => {
    server.listen(0, LOCAL_ADDRESS, () => {
      const address = server.address();
      settle(typeof address === "object" && address !== null ? address.port : 0);
    });
  });
  return {
    host: `${LOCAL_ADDRESS}:${port}`,
    calls: () => calls,
    requests: () => requests,
    lastAt: () => lastAt,
    stop: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
