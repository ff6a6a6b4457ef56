/**
 * What Apple signs with: the root of its certificates, and for which app a notification is.
 *
 * @see https://www.apple.com/certificateauthority/
 */
import * as z from "zod";
import { maybe, optional } from "../../src/contract/adapter.ts";

/** "Apple Root CA - G3" (SHA-256 63343abfb89a6a03ebb57e9b3f5fa7be7c4f5c756f3017b3a8c488c3653e9179), valid until 2039. */
export const APPLE_ROOT_G3 =
  "MIICQzCCAcmgAwIBAgIILcX8iNLFS5UwCgYIKoZIzj0EAwMwZzEbMBkGA1UEAwwSQXBwbGUgUm9vdCBDQSAtIEczMSYwJAYDVQQLDB1BcHBsZSBDZXJ0aWZpY2F0aW9uIEF1dGhvcml0eTETMBEGA1UECgwKQXBwbGUgSW5jLjELMAkGA1UEBhMCVVMwHhcNMTQwNDMwMTgxOTA2WhcNMzkwNDMwMTgxOTA2WjBnMRswGQYDVQQDDBJBcHBsZSBSb290IENBIC0gRzMxJjAkBgNVBAsMHUFwcGxlIENlcnRpZmljYXRpb24gQXV0aG9yaXR5MRMwEQYDVQQKDApBcHBsZSBJbmMuMQswCQYDVQQGEwJVUzB2MBAGByqGSM49AgEGBSuBBAAiA2IABJjpLz1AcqTtkyJygRMc3RCV8cWjTnHcFBbZDuWmBSp3ZHtfTjjTuxxEtX/1H7YyYl3J6YRbTzBPEVoA/VhYDKX1DyxNB0cTddqXl5dvMVztK517IDvYuVTZXpmkOlEKMaNCMEAwHQYDVR0OBBYEFLuw3qFYM4iapIqZ3r6966/ayySrMA8GA1UdEwEB/wQFMAMBAf8wDgYDVR0PAQH/BAQDAgEGMAoGCCqGSM49BAMDA2gAMGUCMQCD6cHEFl4aXTQY2e3v9GwOAEZLuN+yRhHFD/3meoyhpmvOwgPUnPWTxnS4at+qIxUCMG1mihDK1A3UT82NQz60imOlM27jbdoXt2QfyFMm+YhidDkLF1vLUagM6BgD56KyKA==";

/**
 * The extensions that Apple's own library asks for: 1.2.840.113635.100.6.11.1 for signing receipts, 1.2.840.113635.100.6.2.1 for its
 * intermediate. Developers have certificates under the same root.
 * @see https://github.com/apple/app-store-server-library-node/blob/main/jws_verification.ts
 */
export const MARKS = { leaf: "2a864886f76364060b01", intermediate: "2a864886f76364060201" } as const;

const app = optional(z.object({ bundleId: maybe.text }));

const claims = z.object({ data: app, summary: app, externalPurchaseToken: app, appData: app });

/** The bundle ID of the app that a notification is for. */
export function ownerOf(given: unknown): string | null {
  const { data, summary, externalPurchaseToken, appData } = claims.safeParse(given).data ?? {};
  return (data ?? summary ?? externalPurchaseToken ?? appData)?.bundleId ?? null;
}
