/**
 * What a sandbox received in place of Customer.io.
 */
import * as z from "zod";

/** How long calls may take to arrive, milliseconds. */
const PATIENCE = 30_000;

const received = z.object({
  calls: z.array(
    z.object({
      region: z.string(),
      event: z.looseObject({
        type: z.string(),
        messageId: z.string(),
        userId: z.string().optional(),
        anonymousId: z.string().optional(),
        event: z.string().optional(),
        traits: z.record(z.string(), z.unknown()).optional(),
      }),
    }),
  ),
});

/** A call that the sandbox received. */
export type ReceivedCall = z.output<typeof received>["calls"][number];

/** Characters at the end of a message's id that do not depend on time. */
const HASH = 16;

/** Whether a call is this message: if a vendor says no time, its id begins with the time of arrival, which only the Worker knows. */
export function isMessage({ event }: ReceivedCall, messageId: string): boolean {
  return event.messageId.slice(-HASH) === messageId.slice(-HASH);
}

/**
 * Everything that a sandbox received, once the expected calls are among it, or after half a minute.
 * @param sandbox its address, without a slash at the end
 * @param expected the ids of messages
 */
export async function receivedCalls(sandbox: string, expected: readonly string[]): Promise<readonly ReceivedCall[]> {
  const deadline = Date.now() + PATIENCE;
  for (;;) {
    const { calls } = received.parse(await (await fetch(`${sandbox}/_sandbox/calls`)).json());
    const remaining = deadline - Date.now();
    if (remaining <= 0 || expected.every((id) => calls.some((call) => isMessage(call, id)))) return calls;
    await fetch(`${sandbox}/_sandbox/calls/wait?count=${calls.length + 1}&timeout=${remaining}`);
  }
}
