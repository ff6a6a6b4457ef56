/**
 * Chooses one of two verifiers by the format of the body.
 */
import { formatOf } from "../formats.ts";
import { either } from "./either.ts";
import type { SignedRequest, Verifier } from "./verifier.ts";

/**
 * For vendors that sign forms and JSON differently. The body alone decides, by the same rule by which it is parsed later: no request can be
 * verified as one format and read as the other.
 * @throws TypeError if the two cover different parts of the request: a request could then pass with the weaker one
 */
export function byFormat({ form, json }: { readonly form: Verifier; readonly json: Verifier }): Verifier {
  const verifierOf = ({ body }: SignedRequest) => (formatOf(["form", "json"], body) === "json" ? json : form);
  return {
    ...either(form, json),
    verify: (request, secrets, now, keys) => verifierOf(request).verify(request, secrets, now, keys),
    sign: (request, secret, now) => verifierOf(request).sign(request, secret, now),
  };
}
