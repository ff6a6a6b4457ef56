/**
 * What the commands print about people: explanations, conflicts, and people who come back.
 */
import { createServer, type Server } from "node:http";
import { afterEach, describe, expect, test, vi } from "vitest";
import type { OperationOutput } from "../../src/account/operations.ts";
import { command as erase } from "../../src/cli/commands/erase.ts";
import { command as people } from "../../src/cli/commands/people.ts";
import { linesOf } from "../../src/cli/people/explain.ts";

const servers: Server[] = [];

afterEach(() => {
  vi.restoreAllMocks();
  for (const server of servers.splice(0)) server.close();
});

/** Runs a command against a server with these answers, by `<method> <path>`. */
async function run(
  command: typeof people,
  answers: Readonly<Record<string, unknown>>,
  ...args: readonly string[]
): Promise<{ readonly exit: string; readonly lines: readonly string[]; readonly asked: readonly string[] }> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk: Buffer) => {
      body += chunk.toString();
    });
    request.on("end", () => {
      const place = `${request.method} ${request.url?.replace("/api/v1/accounts/demo", "")}`;
      asked.push(body === "" ? place : `${place} ${body}`);
      const answer = answers[place];
      response.writeHead(answer === undefined ? 404 : 200).end(JSON.stringify(answer ?? { error: "not_found" }));
    });
  });
  servers.push(server);
  await new Promise<void>((settle) => server.listen(0, "127.0.0.1", settle));
  const address = server.address();
  const port = typeof address === "object" ? address?.port : 0;
  const lines: string[] = [];
  vi.spyOn(console, "log").mockImplementation((line: string) => {
    lines.push(line);
  });
  vi.spyOn(console, "error").mockImplementation(() => {});
  const exit = await command.run([...args, "--to", `http://127.0.0.1:${port}`], async () => []);
  return { exit, lines, asked };
}

const AT = Date.UTC(2026, 10, 23, 12);

const conflict = {
  number: 7,
  state: "open" as const,
  reason: "address_left_first" as const,
  keep: "u_1",
  fold: "zoe@example.com",
  at: AT,
  foundAt: AT,
  mergeable: true,
  text: "zoe@example.com became a person before u_1 was known to have this address.",
};

const explanation: OperationOutput<"people.explain"> = {
  name: "ada@example.com",
  readAs: "email",
  goesTo: { step: "user_of_address", identifier: "u_1", anonymous: false, trust: "verified", known: true },
  erased: false,
  waiting: 2,
  incomplete: false,
  shards: [],
  ids: [
    {
      id: "stripe:customer:cus_1",
      role: "person",
      user: { to: "u_1", trust: "verified", at: AT, by: "customer.created evt_1" },
      email: { to: null, trust: "claimed", at: AT, by: null },
      person: null,
      tied: ["stripe:customer:cus_2"],
    },
  ],
  addresses: [
    {
      address: "ada@example.com",
      holder: "user",
      userId: "u_1",
      since: AT,
      users: [{ userId: "u_1", at: AT, by: "user.created msg_1" }],
      decided: null,
    },
  ],
  profiles: [
    {
      name: "u_1",
      kind: "user",
      left: true,
      verified: true,
      into: null,
      apart: ["old@example.com"],
      strays: ["stripe:customer:cus_0"],
      deleted: { at: AT, source: "clerk", gone: true },
      addresses: [{ address: "ada@example.com", source: "clerk", at: AT, by: "user.created msg_1" }],
      traits: [
        { name: "name", value: "Ada\n\u001b[2J\u202eevil", source: "clerk", origin: "clerk:user:1", trusted: true, at: AT },
      ],
      choices: [{ source: "shopify", channel: "email", topic: "news", state: "unsubscribed", at: AT }],
      optOuts: [{ channel: "email", at: AT, acts: true, final: true }],
      optIns: [{ channel: "sms", origin: "shopify:customer:1", at: AT }],
      states: [{ of: "stripe/subscription/sub_1", name: "status", value: "active", at: "2026-11-23T12:00:00.000Z" }],
      attributes: { email: "ada@example.com" },
    },
  ],
  conflicts: [conflict],
};

describe("people explain", () => {
  test("prints where an event goes and why, and each fact with the event that taught it", async () => {
    const { exit, lines, asked } = await run(
      people,
      { "GET /people/explain?name=ada%40example.com": explanation },
      "explain",
      "ada@example.com",
    );
    expect(exit).toBe("ok");
    expect(asked).toEqual(["GET /people/explain?name=ada%40example.com"]);
    expect(lines.slice(0, 3)).toEqual([
      "ada@example.com is read as an address.",
      "An event that names nothing else goes to u_1, by rule 3, the user id that has the address.",
      "Waiting for this person: 2 events.",
    ]);
    for (const line of [
      "  stripe:customer:cus_1  user u_1  verified, 2026-11-23T12:00:00.000Z by customer.created evt_1",
      "  stripe:customer:cus_1  address (shared by many people: leads to none)  claimed, 2026-11-23T12:00:00.000Z",
      "  ada@example.com  stated with u_1, 2026-11-23T12:00:00.000Z by user.created msg_1",
      "User u_1  Customer.io knows it",
      "  exists a second time as old@example.com",
      "  deleted 2026-11-23T12:00:00.000Z by clerk, in Customer.io too: later events are ignored",
      "  choice unsubscribed  email, news  from shopify, 2026-11-23T12:00:00.000Z",
      "  opted out of email  2026-11-23T12:00:00.000Z, for good",
      '  attribute email = "ada@example.com"',
    ])
      expect(lines).toContain(line);
  });

  test("lets no value break a line, clear a terminal, or turn text around", () => {
    const hostile = "u\n\u001b[2J\u202e1";
    const [profile] = explanation.profiles;
    if (profile === undefined) throw new Error("no profile");
    const lines = linesOf({
      ...explanation,
      name: hostile,
      ids: explanation.ids.map((id) => ({ ...id, id: hostile, tied: [hostile] })),
      addresses: explanation.addresses.map((address) => ({ ...address, address: hostile })),
      profiles: [
        {
          ...profile,
          name: hostile,
          apart: [hostile],
          choices: [{ source: hostile, channel: hostile, topic: hostile, state: hostile, at: AT }],
        },
      ],
      conflicts: [{ ...conflict, text: hostile }],
    });
    for (const line of lines) expect(["\n", "\u001b", "\u202e"].filter((character) => line.includes(character))).toEqual([]);
    expect(lines.some((line) => line.includes("u\\u000a\\u001b[2J\\u202e1"))).toBe(true);
  });

  test("says that nothing is known, that a person was erased, and that the search was cut", () => {
    const nothing = {
      ...explanation,
      goesTo: null,
      erased: true,
      waiting: 0,
      incomplete: true,
      ids: [],
      addresses: [],
      profiles: [],
      conflicts: [],
    };
    expect(linesOf(nothing)).toEqual([
      "ada@example.com is read as an address.",
      "It was erased: events that name it are ignored. To let the person come back: npx tributary erase lift",
      "An event that names nothing else leads to no one.",
      "The book knows nothing of it.",
      "  Further ids may lead here: the book is too large to search them all.",
    ]);
  });

  test("prints the answer as it is for machines", async () => {
    const answers = { "GET /people/explain?name=u_1": explanation };
    const { lines } = await run(people, answers, "explain", "u_1", "--json");
    expect(JSON.parse(lines.join("\n"))).toEqual(explanation);
  });
});

describe("people conflicts", () => {
  const open = { "GET /conflicts?state=open&cursor=0": { conflicts: [conflict], open: 2, next: "7" } };
  const rest = {
    "GET /conflicts?state=open&cursor=7": { conflicts: [{ ...conflict, number: 9, mergeable: false }], open: 2, next: null },
    "GET /conflicts?state=merging&cursor=0": { conflicts: [], open: 2, next: null },
  };

  test("are listed page by page, each with what can be done about it", async () => {
    const { exit, lines } = await run(people, { ...open, ...rest }, "conflicts");
    expect(exit).toBe("ok");
    expect(lines).toHaveLength(2);
    expect(lines[0]).toContain("npx tributary people conflicts merge 7\n    npx tributary people conflicts dismiss 7");
    expect(lines[1]).toContain("conflicts dismiss 9");
    expect(lines[1]).not.toContain("conflicts merge 9");
    const { lines: json } = await run(people, { ...open, ...rest }, "conflicts", "--json");
    expect(JSON.parse(json.join("\n"))).toHaveLength(2);
  });

  test("are none where there are none", async () => {
    const answers = {
      "GET /conflicts?state=open&cursor=0": { conflicts: [], open: 0, next: null },
      "GET /conflicts?state=merging&cursor=0": { conflicts: [], open: 0, next: null },
    };
    expect((await run(people, answers, "conflicts")).lines).toEqual(["There are no conflicts."]);
  });

  test.each([
    ["merge", "zoe@example.com becomes part of u_1 with the next batch. That cannot be undone."],
    ["dismiss", "Conflict 7 is dismissed. It is not found again."],
  ])("are decided: %s", async (decision, says) => {
    const { lines, asked } = await run(people, { "POST /conflicts": conflict }, "conflicts", decision, "7");
    expect(asked).toEqual([`POST /conflicts {"number":7,"decision":"${decision}"}`]);
    expect(lines).toEqual([says]);
  });

  test("that are not there end the command with 1", async () => {
    expect(await run(people, {}, "conflicts", "merge", "7")).toMatchObject({ exit: "failed", lines: [] });
  });
});

test("an explanation says which shards have books of their own", () => {
  expect(linesOf({ ...explanation, shards: ["demo.events"] }).at(-1)).toContain("--account demo.events");
});

describe("erase", () => {
  const begun = {
    ...{ number: 3, startedAt: AT, finishedAt: null, source: null, customerio: "delete", phase: "book" },
    ...{ owed: 0, refused: 0, links: 0, waiting: 0, dead: 0, webhooks: 0, calls: 0 },
  };

  test("says where it has begun", async () => {
    const start = async (answer: object) => {
      const { exit, lines } = await run(erase, { "POST /erase": answer }, "--email", "ada@example.com", "--customerio", "delete");
      expect(exit).toBe("ok");
      return lines[0];
    };
    const shards = [{ account: "demo.events", number: 1 }];
    expect(await start({ ...begun, shards })).toMatch(/^Erasure 3 has begun, and in demo\.events\./);
    // As a Worker of the release before answers.
    expect(await start(begun)).toMatch(/^Erasure 3 has begun\./);
  });

  test("says how far it is in each object", async () => {
    const compaction = { wantedSince: null, last: null };
    const shards = [
      { account: "demo.events", erasures: [{ ...begun, number: 1, finishedAt: AT, phase: "done" }] },
      { account: "demo.past", erasures: null },
    ];
    const { lines } = await run(erase, { "GET /erase": { erasures: [begun], compaction, shards } }, "status");
    expect(lines).toEqual([
      expect.stringMatching(/^number/),
      expect.stringMatching(/^3 .* book/),
      "In demo.events, which has an object of its own:",
      expect.stringMatching(/^number/),
      expect.stringMatching(/^1 .* finished/),
      "In demo.past, which has an object of its own:",
      "It does not answer. Ask again in a minute.",
    ]);
  });
});

describe("erase lift", () => {
  test.each([
    ["--email", "ada@example.com", '{"email":"ada@example.com"}'],
    ["--user-id", "u_1", '{"userId":"u_1"}'],
    ["--id", "shopify:customer:1", '{"id":"shopify:customer:1"}'],
  ])("by %s says what counts again", async (option, name, body) => {
    const answers = { "POST /erase/lift": { identifiers: 3, deletions: 1 } };
    const { exit, lines, asked } = await run(erase, answers, "lift", option, name);
    expect([exit, asked]).toEqual(["ok", [`POST /erase/lift ${body}`]]);
    expect(lines[0]).toMatch(/^No longer erased: 3 identifiers\. No longer deleted: 1 profile\./);
  });

  test("says that there was nothing to lift", async () => {
    const answers = { "POST /erase/lift": { identifiers: 0, deletions: 0 } };
    expect((await run(erase, answers, "lift", "--user-id", "u_1")).lines).toEqual(["This person is neither erased nor deleted."]);
  });
});
