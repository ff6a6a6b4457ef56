/**
 * Answers to forms as properties.
 */
import fc from "fast-check";
import { expect, test } from "vitest";
import { answers } from "../../src/vocabulary/answers.ts";

test("a question's words become the name, in snake_case and without accents", () => {
  expect(
    answers([
      ["Company size", "10-50"],
      ["Adresse électronique", "zoe@example.fr"],
      ["Größe?", 3],
    ]),
  ).toEqual({ answer_company_size: "10-50", answer_adresse_electronique: "zoe@example.fr", answer_grosse: 3 });
});

test("a question in another script, or without words, is named by its place", () => {
  expect(
    answers([
      ["質問", "はい"],
      [null, true],
    ]),
  ).toEqual({ answer_1: "はい", answer_2: true });
});

test("questions of the same name are told apart, and none takes another's", () => {
  expect(
    answers([
      ["Notes", "a"],
      ["notes", "b"],
      ["Notes 2", "c"],
    ]),
  ).toEqual({ answer_notes: "a", answer_notes_2: "b", answer_notes_2_2: "c" });
});

test("an empty answer is none", () => {
  expect(
    answers([
      ["a", ""],
      ["b", null],
      ["c", undefined],
    ]),
  ).toEqual({});
});

test("no answer is lost or named as a time or an amount, whatever the questions", () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: "grapheme" }), { maxLength: 50 }), (words) => {
      const found = Object.keys(answers(words.map((one) => [one, "yes"])));
      expect(found.length).toBe(words.length);
      for (const name of found) expect(name).toMatch(/^answer(_[a-z0-9]+)+$/);
      for (const name of found) expect(name).not.toMatch(/_(at|minor)$/);
    }),
  );
});
