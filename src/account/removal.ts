/**
 * The end of an account: everything that is stored is deleted, and for a while nothing new is kept.
 */

/** How long a removed account's object refuses webhooks, milliseconds: until no Worker knows the account any more. */
const REMOVED = 300_000;

/** Where the time stands until which it refuses them. */
const MARK = "removedUntil";

/** The part of an object's storage that removing needs. */
interface Storage {
  readonly kv: { get<Value>(key: string): Value | undefined; put<Value>(key: string, value: Value): void };
  deleteAll(): Promise<void>;
  setAlarm(at: number): Promise<void>;
}

/** The removal of one account. */
export interface Removal {
  /** Whether the account was removed a short time ago. */
  isRecent(): boolean;
  /** Whether the account was removed, and its object not used since. */
  isMarked(): boolean;
  /** Nothing is kept from now on. */
  mark(): void;
  /** Deletes everything but the mark. */
  wipe(): Promise<void>;
  /** Deletes the mark too. */
  finish(): Promise<void>;
}

/** Reads whether the account was removed. @param isInUse whether the database has an account's tables: then it was not */
export function openRemoval(storage: Storage, isInUse: boolean): Removal {
  let until = isInUse ? 0 : (storage.kv.get<number>(MARK) ?? 0);
  return {
    isRecent: () => Date.now() < until,
    isMarked: () => until !== 0,
    mark: () => {
      until = Date.now() + REMOVED;
    },
    wipe: async () => {
      await storage.deleteAll();
      storage.kv.put(MARK, until);
      await storage.setAlarm(until);
    },
    finish: async () => {
      if (until === 0) return;
      until = 0;
      await storage.deleteAll();
    },
  };
}
