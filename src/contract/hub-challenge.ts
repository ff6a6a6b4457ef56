/**
 * The challenge by which a hub checks that a URL is its subscriber's: it is echoed to whoever knows the token that was agreed on.
 *
 * @see https://www.w3.org/TR/websub/#hub-verifies-intent
 */
import * as z from "zod";
import { answerText, type Handshake, handshake } from "./handshake.ts";
import { isSameText } from "./verify/equality.ts";

/** The handshake. @param token `undefined`: the source's secret is the token */
export function hubChallenge(token: string | undefined): Handshake {
  return handshake({
    proof: "unsigned",
    method: "GET",
    request: z.object({
      query: z.object({
        "hub.mode": z.literal("subscribe"),
        "hub.verify_token": z.string().max(255),
        "hub.challenge": z.string().regex(/^\d{1,20}$/),
      }),
    }),
    answer: async ({ query }, { isSecret }) => {
      const given = query["hub.verify_token"];
      const isRight = token === undefined ? isSecret(given) : isSameText(given, token);
      return (await isRight) ? answerText(query["hub.challenge"]) : answerText("no", 403);
    },
  });
}
