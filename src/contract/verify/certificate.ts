/**
 * Reading a certificate (X.509, RFC 5280): whose it is, how long it is good, and its public key. Who issued it is not looked at: what the core
 * fetched from the vendor's own host came with that host's proof.
 */
import { type DerValue, OBJECT_IDENTIFIER, readDer, readSequence, SEQUENCE } from "./der.ts";
import { decode, encode } from "./encoding.ts";

/** What a certificate says. */
export interface Certificate {
  /** The SubjectPublicKeyInfo, DER. */
  readonly publicKey: Uint8Array<ArrayBuffer>;
  /** Milliseconds since 1970. */
  readonly notBefore: number;
  readonly notAfter: number;
  /** The subject's common name; `null` where it has none, or several. */
  readonly commonName: string | null;
}

const PEM = /-----BEGIN CERTIFICATE-----([A-Za-z0-9+/=\s]+)-----END CERTIFICATE-----/;

/** The object identifier 2.5.4.3, commonName. */
const COMMON_NAME = "550403";

const EXPLICIT_0 = 0xa0;
const UTC_TIME = 0x17;
const GENERALIZED_TIME = 0x18;

/** The first certificate in a PEM text; `null` where there is none that can be read. */
export function readCertificate(pem: string): Certificate | null {
  const bytes = decode((PEM.exec(pem)?.[1] ?? "").replace(/\s/g, ""), "base64");
  const [signed] = (bytes && readSequence(bytes)) ?? [];
  const fields = (signed && readSequence(signed.whole)) ?? [];
  // Only certificates of the first version leave the version out.
  const [, , , validity, subject, publicKey] = fields[0]?.tag === EXPLICIT_0 ? fields.slice(1) : fields;
  const times = (validity && readSequence(validity.whole))?.map(timeOf) ?? [];
  const [notBefore = null, notAfter = null] = times;
  if (notBefore === null || notAfter === null || times.length !== 2) return null;
  if (subject?.tag !== SEQUENCE || publicKey?.tag !== SEQUENCE) return null;
  return { publicKey: publicKey.whole, notBefore, notAfter, commonName: commonNameIn(subject.content) };
}

/** Milliseconds since 1970 (RFC 5280 §4.1.2.5). */
function timeOf({ tag, content }: DerValue): number | null {
  const written = new TextDecoder().decode(content);
  const century = Number(written.slice(0, 2)) < 50 ? "20" : "19";
  const text = tag === UTC_TIME ? century + written : tag === GENERALIZED_TIME ? written : "";
  const [, year, month, day, hours, minutes, seconds] = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/.exec(text) ?? [];
  const time = Date.parse(`${year}-${month}-${day}T${hours}:${minutes}:${seconds}Z`);
  return Number.isNaN(time) ? null : time;
}

function commonNameIn(subject: Uint8Array<ArrayBuffer>): string | null {
  const names = (readDer(subject) ?? [])
    .flatMap(({ content }) => readDer(content) ?? [])
    .map(({ whole }) => readSequence(whole) ?? [])
    .filter(([type]) => type?.tag === OBJECT_IDENTIFIER && encode(type.content, "hex") === COMMON_NAME);
  const [name, ...more] = names.map(([, value]) => new TextDecoder().decode(value?.content));
  return name === undefined || more.length > 0 ? null : name;
}
