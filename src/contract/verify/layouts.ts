/**
 * Formats of signature headers and fields: where they hold the signatures and, in some, the timestamp.
 */

/** The contents of a signature header, still encoded. */
export interface Stamp {
  readonly signatures: readonly string[];
  /** As received; `null` if the layout has none. */
  readonly timestamp: string | null;
}

/** The format of a signature header. */
export interface Layout {
  /** True if the header contains the time of signing. */
  readonly timestamped: boolean;
  /** Parses the header; `null` if it has another format. */
  read(value: string): Stamp | null;
  /** Formats the header; ignores `timestamp` if the layout has no place for it. */
  write(signature: string, timestamp: string): string;
}

/** Only the signature. Two headers of that name, which arrive joined by a comma, are refused. */
export function bare(): Layout {
  return prefixed("");
}

/** One signature after a fixed prefix: `sha256=…`. */
export function prefixed(prefix: string): Layout {
  return {
    timestamped: false,
    read: (value) => (value.startsWith(prefix) ? { signatures: [value.slice(prefix.length)], timestamp: null } : null),
    write: (signature) => prefix + signature,
  };
}

/**
 * Named items, with optional white space: `t=…,v1=…,v1=…`. The timestamp occurs once; every item with the signature's name is tried; other
 * names are ignored.
 * @param separator between items; default: comma
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

/** The timestamp, then one or more signatures, without names: `…,…,…`. */
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

/** Signatures with the same prefix: `v1,… v1,…`. Other items are ignored. */
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
