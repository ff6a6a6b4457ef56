/**
 * What a team writes for itself in an afternoon: Express, the vendor's library where there is one, and a way to keep an event.
 */
import { createHmac, createPublicKey, timingSafeEqual, verify } from "node:crypto";
import express from "express";
import Stripe from "stripe";

const stripe = new Stripe("sk_test_none");
const { STRIPE = "", SHOPIFY = "", SENDGRID = "" } = process.env;
const publicKey = createPublicKey({ key: Buffer.from(SENDGRID, "base64"), format: "der", type: "spki" });

function refuse(response) {
  response.sendStatus(401);
}

/** Serves the three vendors' webhooks, and prints the port that it serves on. @param keep takes the event's id, the event and its bytes */
export function serve(keep) {
  const app = express();
  app.use(express.raw({ type: "*/*", limit: "5mb" }));

  app.post("/stripe", (request, response) => {
    let event;
    try {
      event = stripe.webhooks.constructEvent(request.body, request.headers["stripe-signature"], STRIPE);
    } catch {
      return refuse(response);
    }
    keep(event.id, event, request.body);
    response.json({ kept: true });
  });

  app.post("/shopify", (request, response) => {
    const expected = createHmac("sha256", SHOPIFY).update(request.body).digest();
    const given = Buffer.from(request.get("x-shopify-hmac-sha256") ?? "", "base64");
    if (given.length !== expected.length || !timingSafeEqual(given, expected)) return refuse(response);
    const order = JSON.parse(request.body.toString());
    keep(String(order.id), order, request.body);
    response.json({ kept: true });
  });

  app.post("/sendgrid", (request, response) => {
    const time = request.get("x-twilio-email-event-webhook-timestamp") ?? "";
    const signature = Buffer.from(request.get("x-twilio-email-event-webhook-signature") ?? "", "base64");
    if (!verify("SHA256", Buffer.concat([Buffer.from(time), request.body]), publicKey, signature)) return refuse(response);
    const events = JSON.parse(request.body.toString());
    keep(events[0].sg_event_id, events, request.body);
    response.json({ kept: true });
  });

  const server = app.listen(0, "127.0.0.1", () => console.log(JSON.stringify({ port: server.address().port })));
}
