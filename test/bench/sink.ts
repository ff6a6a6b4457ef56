/**
 * The cheapest stand-in for Customer.io: it counts what it is sent and says yes.
 */
import { createServer } from "node:http";
import { LOCAL_ADDRESS } from "../../src/cli/workerd.ts";

/** A sink that serves. */
export interface Sink {
  readonly host: string;
  /** Bytes that it was sent. */
  bytes(): number;
  stop(): void;
}

/** Starts a sink in this process. */
export async function startSink(): Promise<Sink> {
  let bytes = 0;
  const server = createServer((request, response) => {
    request.on("data", (chunk: Buffer) => {
      bytes += chunk.byteLength;
    });
    request.on("end", () => response.end('{"success":true}'));
  });
  const port = await new Promise<number>((settle) => {
    server.listen(0, LOCAL_ADDRESS, () => {
      const address = server.address();
      settle(typeof address === "object" && address !== null ? address.port : 0);
    });
  });
  return {
    host: `${LOCAL_ADDRESS}:${port}`,
    bytes: () => bytes,
    stop: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
