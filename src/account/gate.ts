/** Admits work while the account's database is in place. */
export interface Gate {
  /** Starts the work, or returns `null` while the gate is closed. */
  pass<Result>(work: () => Promise<Result> | Result): Promise<Result> | null;
  /** Closes the gate. Resolves when all started work has ended. */
  close(): Promise<void>;
  open(): void;
}

/** Makes a gate; it begins closed. */
export function createGate(): Gate {
  let inside = 0;
  let isOpen = false;
  let emptied = Promise.withResolvers<void>();

  async function enter<Result>(work: () => Promise<Result> | Result): Promise<Result> {
    inside += 1;
    try {
      return await work();
    } finally {
      inside -= 1;
      if (inside === 0) emptied.resolve();
    }
  }

  return {
    pass: (work) => (isOpen ? enter(work) : null),
    close: async () => {
      isOpen = false;
      emptied = Promise.withResolvers();
      if (inside > 0) await emptied.promise;
    },
    open: () => {
      isOpen = true;
    },
  };
}

/** Makes a lock: work runs one at a time, in the order of arrival. */
export function createLock(): <Result>(work: () => Promise<Result>) => Promise<Result> {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const result = last.then(work);
    last = result.catch(() => undefined);
    return result;
  };
}
