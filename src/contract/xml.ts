/**
 * Parses the subset of XML that programs write: elements, attributes, text. Everything else (document types, custom entities, CDATA, comments)
 * is refused.
 */
import * as z from "zod";
import { decode } from "./verify/encoding.ts";

/** The value of an element: its text; `null` with `nil="true"`; a list with `type="array"`; otherwise its children by name. */
export type XmlValue = string | null | readonly XmlValue[] | { readonly [name: string]: XmlValue };

/** Maximum nesting. */
const DEEPEST = 64;

const DECLARATION = /^<\?xml [^<>]*\?>/;

/** A tag, open, closed or empty; or text. Attributes have no namespace and no `<`. */
const TOKEN = /<(\/?)([A-Za-z_][\w.-]*)((?:\s+[A-Za-z_][\w.-]*=(?:"[^"<]*"|'[^'<]*'))*)\s*(\/?)>|([^<]+)/y;

const ENTITIES: ReadonlyMap<string, string> = new Map([
  ["amp;", "&"],
  ["lt;", "<"],
  ["gt;", ">"],
  ["quot;", '"'],
  ["apos;", "'"],
]);

interface Element {
  readonly name: string;
  readonly attributes: string;
  readonly children: (readonly [string, XmlValue])[];
  text: string;
}

/** The root element under its name; `null` if the text is not such a document. */
export function parseXml(text: string): { readonly [name: string]: XmlValue } | null {
  const source = text.trim().replace(DECLARATION, "").trim();
  const root: Element = { name: "", attributes: "", children: [], text: "" };
  const open = [root];
  TOKEN.lastIndex = 0;
  for (let end = 0; end < source.length; end = TOKEN.lastIndex) {
    const [, closes, name, attributes = "", isEmpty, written] = TOKEN.exec(source) ?? [];
    const parent = open.at(-1);
    if (parent === undefined) return null;
    if (written !== undefined) {
      const plain = withoutEntities(written);
      if (plain === null) return null;
      parent.text += plain;
    } else if (name === undefined) return null;
    else if (closes) {
      open.pop();
      if (parent.name !== name || attributes !== "" || isEmpty || !close(parent, open.at(-1))) return null;
    } else {
      const element: Element = { name, attributes, children: [], text: "" };
      if (isEmpty) close(element, parent);
      else if (open.push(element) > DEEPEST) return null;
    }
  }
  return open.length === 1 && root.children.length === 1 && root.text.trim() === "" ? Object.fromEntries(root.children) : null;
}

/** XML encoded in base64, with or without line breaks. */
export const base64Xml = z.string().transform((written, context) => {
  const bytes = decode(written.replace(/\s/g, ""), "base64");
  const value = bytes && parseXml(new TextDecoder().decode(bytes));
  if (value) return value;
  context.addIssue({ code: "custom", message: "not XML in base64" });
  return z.NEVER;
});

/** Adds an element's value to its parent; `false` if text is mixed with elements or there is no parent. */
function close({ name, attributes, children, text }: Element, parent: Element | undefined): boolean {
  const isList = /\stype=["']array["']/.test(attributes);
  const isNull = /\snil=["']true["']/.test(attributes);
  if (parent === undefined || ((children.length > 0 || isList) && text.trim() !== "")) return false;
  const value = isNull ? null : isList ? children.map(([, child]) => child) : children.length > 0 ? byName(children) : text;
  parent.children.push([name, value]);
  return true;
}

/** Children with the same name become a list, as in forms. */
function byName(children: Element["children"]): XmlValue {
  const values = Map.groupBy(children, ([name]) => name);
  return Object.fromEntries(
    Array.from(values, ([name, those]): [string, XmlValue] => {
      const [first = null, ...more] = those.map(([, value]) => value);
      return [name, more.length === 0 ? first : [first, ...more]];
    }),
  );
}

/** Decodes entities; `null` if one is not predefined in XML. */
function withoutEntities(text: string): string | null {
  let isPlain = true;
  const plain = text.replace(/&([^;&]{0,8};?)/g, (_, reference: string) => {
    const [, hex, decimal] = /^#(?:x([0-9a-f]{1,6})|(\d{1,7}));$/i.exec(reference) ?? [];
    const code = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16);
    const character = code <= 0x10ffff ? String.fromCodePoint(code) : ENTITIES.get(reference);
    isPlain &&= character !== undefined;
    return character ?? "";
  });
  return isPlain ? plain : null;
}
