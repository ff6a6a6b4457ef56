/**
 * HTML entities: WordPress keeps names, notes and codes with them.
 */
import { optional, text } from "../../src/contract/adapter.ts";

/** Entities of characters that HTML itself uses, and of punctuation that WordPress writes. */
const NAMED: ReadonlyMap<string, string> = new Map(
  Object.entries({
    amp: "&",
    lt: "<",
    gt: ">",
    quot: '"',
    apos: "'",
    ndash: "–",
    mdash: "—",
    lsquo: "‘",
    rsquo: "’",
    ldquo: "“",
    rdquo: "”",
    hellip: "…",
    bull: "•",
    euro: "€",
    trade: "™",
    times: "×",
  }),
);

/** Entities of the characters from 160 to 255, in this order. */
const LATIN =
  "nbsp iexcl cent pound curren yen brvbar sect uml copy ordf laquo not shy reg macr deg plusmn sup2 sup3 acute micro para middot cedil sup1 ordm raquo frac14 frac12 frac34 iquest Agrave Aacute Acirc Atilde Auml Aring AElig Ccedil Egrave Eacute Ecirc Euml Igrave Iacute Icirc Iuml ETH Ntilde Ograve Oacute Ocirc Otilde Ouml times Oslash Ugrave Uacute Ucirc Uuml Yacute THORN szlig agrave aacute acirc atilde auml aring aelig ccedil egrave eacute ecirc euml igrave iacute icirc iuml eth ntilde ograve oacute ocirc otilde ouml divide oslash ugrave uacute ucirc uuml yacute thorn yuml".split(
    " ",
  );

/** Text with its entities as the characters that they stand for; one that is unknown stays. */
export function decoded(given: string): string {
  return given.replace(/&(?:#(\d{1,7})|#[xX]([\da-fA-F]{1,6})|([a-zA-Z]{2,8}\d{0,2}));/g, (whole, decimal, hex, name) => {
    if (typeof name === "string") return NAMED.get(name) ?? latin(name) ?? whole;
    const code = typeof decimal === "string" ? Number(decimal) : Number.parseInt(String(hex), 16);
    return code > 0 && code <= 0x10ffff && !(code >= 0xd800 && code <= 0xdfff) ? String.fromCodePoint(code) : whole;
  });
}

function latin(name: string): string | undefined {
  const place = LATIN.indexOf(name);
  return place < 0 ? undefined : String.fromCharCode(160 + place);
}

/** A text that may be missing, decoded. */
export const words = optional(text.transform(decoded));
