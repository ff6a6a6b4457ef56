/**
 * Questions at a terminal.
 */
import type { Readable, Writable } from "node:stream";
import {
  autocompleteMultiselect,
  type CANCEL_SYMBOL,
  confirm,
  isCancel,
  multiselect,
  password,
  select,
  text,
} from "@clack/prompts";

/** Says what is wrong with an answer; `undefined` if it is right. */
export type Validate = (answer: string) => string | undefined;

/** One of several answers. */
export interface Choice {
  readonly value: string;
  readonly label: string;
  /** What it means. */
  readonly hint?: string;
}

/** How questions are asked. Every answer is `null` where the person cancels. */
export interface Prompts {
  text(
    message: string,
    options?: { initial?: string | undefined; placeholder?: string; validate?: Validate },
  ): Promise<string | null>;
  /** The answer is not shown. Empty where the person gives none. */
  secret(message: string, validate: Validate): Promise<string | null>;
  choose(message: string, choices: readonly Choice[], initial?: string): Promise<string | null>;
  /** @param isLong the choices can be searched */
  chooseMany(message: string, choices: readonly Choice[], isLong: boolean): Promise<readonly string[] | null>;
  confirm(message: string): Promise<boolean | null>;
}

function answer<Value>(given: Value | typeof CANCEL_SYMBOL): Value | null {
  return isCancel(given) ? null : given;
}

/** Asks at a terminal. @param streams in place of those of the process */
export function terminalPrompts(streams: { readonly input?: Readable; readonly output?: Writable } = {}): Prompts {
  const checked = (validate: Validate | undefined) => ({
    validate: (given: string | undefined) => validate?.(given?.trim() ?? ""),
  });
  const optionOf = ({ value, label, hint }: Choice) => ({ value, label, ...(hint === undefined ? {} : { hint }) });
  return {
    text: async (message, { initial, placeholder, validate } = {}) => {
      const more = {
        ...(initial === undefined ? {} : { initialValue: initial }),
        ...(placeholder === undefined ? {} : { placeholder }),
      };
      return answer(await text({ ...streams, message, ...more, ...checked(validate) }))?.trim() ?? null;
    },
    secret: async (message, validate) => {
      const given = answer<string | undefined>(await password({ ...streams, message, ...checked(validate) }));
      return given === null ? null : (given ?? "").trim();
    },
    choose: async (message, choices, initial) => {
      const more = initial === undefined ? {} : { initialValue: initial };
      return answer(await select({ ...streams, message, options: choices.map(optionOf), ...more }));
    },
    chooseMany: async (message, choices, isLong) => {
      const options = choices.map(optionOf);
      return answer(
        isLong
          ? await autocompleteMultiselect({ ...streams, message, options, maxItems: 8, required: true })
          : await multiselect({ ...streams, message, options, required: false }),
      );
    },
    confirm: async (message) => answer(await confirm({ ...streams, message })),
  };
}
