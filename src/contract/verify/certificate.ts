/**
 * Reads the subject, validity and public key of a certificate (X.509, RFC 5280). The issuer is not checked: the certificate was fetched over
 * https from the vendor's own host.
 */
import type { KeyObject } from "node:crypto";
import * as z from "zod";
import { decode } from "./encoding.ts";
import { nodeCrypto } from "./node-crypto.ts";

/** The contents of a certificate. */
export interface Certificate {
  readonly publicKey: KeyObject;
  /** Milliseconds since 1970. */
  readonly notBefore: number;
  readonly notAfter: number;
  /** The subject's common name; `null` if it has none or several. */
  readonly commonName: string | null;
}

const PEM = /-----BEGIN CERTIFICATE-----([A-Za-z0-9+/=\s]+)-----END CERTIFICATE-----/;

/** A repeated name is a list. */
const subjectSchema = z.looseObject({ CN: z.union([z.string(), z.array(z.string())]).optional() });

/** Reads the first certificate in a PEM text; `null` if there is none or it cannot be read. */
export async function readCertificate(pem: string): Promise<Certificate | null> {
  const bytes = decode((PEM.exec(pem)?.[1] ?? "").replace(/\s/g, ""), "base64");
  if (bytes === null || bytes.length === 0) return null;
  const { X509Certificate } = await nodeCrypto();
  try {
    const certificate = new X509Certificate(bytes);
    const [notBefore, notAfter] = [Date.parse(certificate.validFrom), Date.parse(certificate.validTo)];
    const { CN: name } = subjectSchema.parse(certificate.toLegacyObject().subject);
    // Bytes after the certificate would be ignored.
    const isWhole = certificate.raw.length === bytes.length;
    if (!isWhole || Number.isNaN(notBefore) || Number.isNaN(notAfter)) return null;
    return { publicKey: certificate.publicKey, notBefore, notAfter, commonName: typeof name === "string" ? name : null };
  } catch {
    return null;
  }
}
