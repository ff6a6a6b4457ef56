import { DurableObject } from "cloudflare:workers";
import * as z from "zod";
import { concat, split } from "../state/store.ts";
import { ownerOf } from "../stub.ts";

/** Milliseconds between looks at whether the copy is still needed. */
const A_WHILE = 60_000;

const copyOf = z.object({
  /** The id of the account object. */
  owner: z.string(),
  /** When the compaction began, milliseconds since 1970: it tells one from another. */
  since: z.number(),
  /** Bytes of the database then. */
  before: z.number(),
});

const copyStatus = copyOf.extend({ parts: z.number(), isWhole: z.boolean() });

/** What a copy is of. */
export type CopyOf = z.output<typeof copyOf>;

/** A copy, as far as it goes. */
export type CopyStatus = z.output<typeof copyStatus>;

/** Holds the content of an account's database while that moves into a new file. */
export interface Copy {
  /** `null` where nothing is held. */
  status(): Promise<CopyStatus | null>;
  /** Begins anew. */
  begin(of: CopyOf): Promise<void>;
  /** Takes the next part. @throws Error where parts are missing before it */
  append(number: number, part: Uint8Array<ArrayBuffer>): Promise<void>;
  /** Says that these are all parts. @throws Error where they are not */
  seal(parts: number): Promise<void>;
  /** A part; `null` behind the last. */
  read(number: number): Promise<Uint8Array<ArrayBuffer> | null>;
  /** Forgets the copy of this compaction, also in the file; another one stays. */
  clear(since: number): Promise<void>;
}

/** The copy of one account object, under the name of that object's id; empty but for the minutes of a compaction. */
export class AccountCopy extends DurableObject<Record<string, unknown>> implements Copy {
  async status(): Promise<CopyStatus | null> {
    return copyStatus.nullable().parse(this.ctx.storage.kv.get("status") ?? null);
  }

  async begin(of: CopyOf): Promise<void> {
    await this.ctx.storage.deleteAll();
    this.ctx.storage.kv.put("status", { ...of, parts: 0, isWhole: false } satisfies CopyStatus);
    await this.ctx.storage.setAlarm(Date.now() + A_WHILE);
  }

  async append(number: number, part: Uint8Array<ArrayBuffer>): Promise<void> {
    const status = await this.#whereParts(number);
    const { kv } = this.ctx.storage;
    for (const [index, piece] of split(part).entries()) kv.put(`part/${number}/${index}`, piece);
    kv.put("status", { ...status, parts: number + 1 } satisfies CopyStatus);
  }

  async seal(parts: number): Promise<void> {
    this.ctx.storage.kv.put("status", { ...(await this.#whereParts(parts)), isWhole: true } satisfies CopyStatus);
  }

  async read(number: number): Promise<Uint8Array<ArrayBuffer> | null> {
    const pieces: Uint8Array<ArrayBuffer>[] = [];
    for (;;) {
      const piece = this.ctx.storage.kv.get<ArrayBuffer>(`part/${number}/${pieces.length}`);
      if (piece === undefined) return pieces.length === 0 ? null : concat(pieces);
      pieces.push(new Uint8Array(piece));
    }
  }

  async clear(since: number): Promise<void> {
    if ((await this.status())?.since === since) await this.ctx.storage.deleteAll();
  }

  /** Wakes an account object that was interrupted, and goes once it needs no copy. Never throws: the platform would give it up. */
  override async alarm(): Promise<void> {
    const status = await this.status();
    if (status === null) return;
    try {
      if (!(await ownerOf(status, this.env).isMoving())) await this.clear(status.since);
    } catch {
      // It cannot be asked just now.
    }
    // Another compaction may have begun meanwhile.
    if ((await this.status()) !== null) await this.ctx.storage.setAlarm(Date.now() + A_WHILE);
  }

  async #whereParts(parts: number): Promise<CopyStatus> {
    const status = await this.status();
    if (status?.parts !== parts || status.isWhole) throw new Error("this is not the part that comes next");
    return status;
  }
}
