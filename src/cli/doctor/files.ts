/**
 * The files that a setup consists of, read with the lines of everything in them.
 */
import { parse, TomlError } from "smol-toml";
import type { Diagnosis } from "./diagnosis.ts";
import { hintOf } from "./syntax-hints.ts";
import { type FindLines, linesOfToml } from "./toml-lines.ts";

/** A configuration file. `value` is what it says, unchecked. */
export interface ConfigFile {
  readonly file: string;
  readonly text: string;
  readonly value: unknown;
  readonly lines: FindLines;
}

/** Reads a TOML file. @param file its name in messages */
export function readConfigFile(file: string, text: string): ConfigFile | Diagnosis {
  try {
    return { file, text, value: parse(text), lines: linesOfToml(text) };
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    const [reason = ""] = error.message.replace(/^Invalid TOML document: /, "").split("\n");
    const hint = hintOf(text, error.line);
    return {
      code: "syntax",
      level: "error",
      file,
      line: error.line,
      place: "",
      account: null,
      text: `column ${error.column} is not valid TOML (${hint ?? reason}); nothing else can be checked until this is corrected.`,
      suggestion: null,
    };
  }
}
