/**
 * Webhooks that share calls of their account's object, where senders disconnect midway: the platform then ends the request of one on which others wait.
 */
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import sandbox from "virtual:bundle/sandbox";
import worker from "virtual:bundle/worker";
import { afterAll, beforeAll, expect, test } from "vitest";
import { LOCAL_ADDRESS } from "../../src/cli/workerd.ts";
import { parcelOf, requestOf, send, unacknowledged } from "../faults/load.ts";
import { type Stage, startStage } from "../faults/stage.ts";
import { dispute } from "../faults/webhooks.ts";

const ROUNDS = 8;
const STAYING = 24;
const LEAVING = 24;

let stage: Stage;

beforeAll(async () => {
  stage = await startStage({ worker, sandbox });
});

afterAll(async () => {
  await stage.end();
});

/** Sends a whole webhook, and leaves before the answer. */
async function leave(socket: Socket, request: Buffer): Promise<void> {
  await new Promise<void>((written) => socket.write(request, () => written()));
  await new Promise<void>((turn) => setImmediate(turn));
  socket.destroy();
}

test("who stays is answered with what is kept, however many others leave", async () => {
  for (let round = 0; round < ROUNDS; round += 1) {
    const sockets = await Promise.all(
      Array.from({ length: LEAVING }, async () => {
        const socket = connect({ port: stage.port(), host: LOCAL_ADDRESS, noDelay: true });
        await once(socket, "connect");
        return socket;
      }),
    );
    const requests = await Promise.all(sockets.map(() => requestOf(dispute())));
    const parcels = Array.from({ length: STAYING * 4 }, () => parcelOf(dispute()));
    const sent = send(stage.port(), parcels, STAYING);
    await Promise.all(sockets.map((socket, index) => leave(socket, requests[index] ?? Buffer.alloc(0))));
    await sent;
    expect(unacknowledged(parcels)).toEqual([]);
    expect(parcels.every(({ accepted }) => accepted === 1)).toBe(true);
    // What was acknowledged is kept: sent again, it is known.
    const again = parcels.map(({ webhook }) => parcelOf(webhook));
    await send(stage.port(), again, STAYING);
    expect(again.map(({ acknowledgedAt, accepted }) => [acknowledgedAt !== null, accepted])).toEqual(again.map(() => [true, 0]));
  }
}, 60_000);
