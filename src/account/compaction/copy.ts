/**
 * The object that holds the content of an account's database while that database is rebuilt.
 */
import { DurableObject } from "cloudflare:workers";
import * as z from "zod";
import { concat, split } from "../state/store.ts";
import { ownerOf } from "./owner.ts";

/** Milliseconds between looks at whether the copy is still needed. */
const A_WHILE = 60_000;

const copyOf = z.object({
  /** The id of the account object. */
  owner: z.string(),
  /** When the compaction began, milliseconds since 1970: identifies it. */
  since: z.number(),
  /** Bytes of the database then. */
  before: z.number(),
});

const copyStatus = copyOf.extend({ parts: z.number(), isWhole: z.boolean() });

/** What a copy was made of. */
export type CopyOf = z.output<typeof copyOf>;

/** The state of a copy. */
export type CopyStatus = z.output<typeof copyStatus>;

/** Holds the content of an account's database during a compaction. */
export interface Copy {
  /** `null` if it is empty. */
  status(): Promise<CopyStatus | null>;
  /** Deletes its content and begins again. */
  begin(of: CopyOf): Promise<void>;
  /** Stores the next part. @throws Error if an earlier part is missing */
  append(number: number, part: Uint8Array<ArrayBuffer>): Promise<void>;
  /** Marks the copy as complete. @throws Error if parts are missing */
  seal(parts: number): Promise<void>;
  /** A part; `null` after the last. */
  read(number: number): Promise<Uint8Array<ArrayBuffer> | null>;
  /** Deletes the copy of this compaction, including its file; the copy of another one stays. */
  clear(since: number): Promise<void>;
}

/** The copy of one account object, named by that object's id. It is empty except during a compaction. */
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

  /** Wakes an interrupted account object, and deletes the copy once it is not needed. Never throws: the platform would stop retrying. */
  override async alarm(): Promise<void> {
    const status = await this.status();
    if (status === null) return;
    try {
      if (!(await ownerOf(status.owner, this.env).isMoving())) await this.clear(status.since);
    } catch {
      // The account object does not answer at the moment.
    }
    // Another compaction may have begun in the meantime.
    if ((await this.status()) !== null) await this.ctx.storage.setAlarm(Date.now() + A_WHILE);
  }

  async #whereParts(parts: number): Promise<CopyStatus> {
    const status = await this.status();
    if (status?.parts !== parts || status.isWhole) throw new Error("this is not the part that comes next");
    return status;
  }
}
