/**
 * The format of a signature header (or field): where it holds the signatures and perhaps the timestamp.
 */

/** The content of a signature header, still encoded. */
export interface Stamp {
  readonly signatures: readonly string[];
  /** As received; `null` where the layout holds none. */
  readonly timestamp: string | null;
}

/** How a signature header is written. */
export interface Layout {
  /** True where the header itself tells when it was signed. */
  readonly timestamped: boolean;
  /** Its content; `null` if it has another format. */
  read(value: string): Stamp | null;
  /** `timestamp` is left out where the layout has no place for it. */
  write(signature: string, timestamp: string): string;
}

/** Nothing but the signature. Two headers of that name, which arrive joined by a comma, are no signature. */
export function bare(): Layout {
  return prefixed("");
}

/** One signature behind a fixed text: `sha256=…`. */
export function prefixed(prefix: string): Layout {
  return {
    timestamped: false,
    read: (value) => (value.startsWith(prefix) ? { signatures: [value.slice(prefix.length)], timestamp: null } : null),
    write: (signature) => prefix + signature,
  };
}

/**
 * Named items: `t=…,v1=…,v1=…`, with white space around them or not. The timestamp occurs once; every item of the signature's name
 * is a candidate; other names are left alone.
 * @param separator what stands between items: a comma unless said otherwise
 */
export function keyed(names: { readonly timestamp: string; readonly signature: string }, separator = ","): Layout {
  return {
    timestamped: true,
    read: (value) => {
      const items = itemsOf(value, separator);
      const [timestamp, ...more] = behind(`${names.timestamp}=`, items);
      const signatures = behind(`${names.signature}=`, items);
      return timestamp === undefined || more.length > 0 || signatures.length === 0 ? null : { signatures, timestamp };
    },
    write: (signature, timestamp) => `${names.timestamp}=${timestamp}${separator}${names.signature}=${signature}`,
  };
}

/** The timestamp, then one signature or more, without names: `…,…,…`. */
export function positional(separator = ","): Layout {
  return {
    timestamped: true,
    read: (value) => {
      const [timestamp, ...signatures] = itemsOf(value, separator);
      return timestamp === undefined || signatures.length === 0 ? null : { signatures, timestamp };
    },
    write: (signature, timestamp) => timestamp + separator + signature,
  };
}

/** Signatures behind the same text: `v1,… v1,…`. Items that begin otherwise are left alone. */
export function listed(prefix: string, separator: string): Layout {
  return {
    timestamped: false,
    read: (value) => {
      const signatures = behind(prefix, itemsOf(value, separator));
      return signatures.length === 0 ? null : { signatures, timestamp: null };
    },
    write: (signature) => prefix + signature,
  };
}

function itemsOf(value: string, separator: string): readonly string[] {
  return value.split(separator).map((item) => item.trim());
}

function behind(prefix: string, items: readonly string[]): readonly string[] {
  return items.filter((item) => item.startsWith(prefix)).map((item) => item.slice(prefix.length));
}
