/** Lets work in as long as what it works on is there. */
export interface Gate {
  /** Begins the work, or gives `null` while the gate is closed. */
  pass<Result>(work: () => Promise<Result> | Result): Promise<Result> | null;
  /** Begins the work as soon as the gate is open. */
  wait<Result>(work: () => Promise<Result> | Result): Promise<Result>;
  /** Lets nobody in any more. @returns once everybody inside has left */
  close(): Promise<void>;
  open(): void;
}

/** A gate that is closed at first. */
export function createGate(): Gate {
  let inside = 0;
  let isOpen = false;
  let opened = Promise.withResolvers<void>();
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
    wait: async (work) => {
      while (!isOpen) await opened.promise;
      return enter(work);
    },
    close: async () => {
      isOpen = false;
      opened = Promise.withResolvers();
      emptied = Promise.withResolvers();
      if (inside > 0) await emptied.promise;
    },
    open: () => {
      isOpen = true;
      opened.resolve();
    },
  };
}

/** Lets one piece of work in at a time, in the order in which they came. */
export function createLock(): <Result>(work: () => Promise<Result>) => Promise<Result> {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const result = last.then(work);
    last = result.catch(() => undefined);
    return result;
  };
}
