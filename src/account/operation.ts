/**
 * The shape of an operation: one thing that an operator may ask of an account. The route, the call to the account object and the command all
 * come from this one description.
 */
import type * as z from "zod";
import type { Account, AccountPlace } from "../config/model.ts";
import type { AccountModules } from "./modules.ts";

/** What an operation works on. */
export interface OperationContext {
  readonly account: AccountModules;
  /** How much faster delivery's clock runs than the world's. */
  readonly timeScale: number;
  /** The account as it is configured; `null` where it cannot be used. */
  configured(): Promise<Account | null>;
  /** Another object of the account, for what concerns a person: each object has a book of its own. */
  shard(place: AccountPlace): {
    operate(
      operation: "erase.demand" | "erase.reach" | "erase.start" | "erase.status" | "erase.lift",
      input: string,
    ): Promise<OperationAnswer>;
  };
  /** Runs delivery soon; where it waits for the destination, at the end of that wait. */
  wake(): void;
  /** Runs the account soon, whatever delivery waits for. */
  runSoon(): void;
}

/**
 * Why an operation was refused. `malformed`: its input does not match the schema. `not_json`: the request has another content type.
 * `too_large`: the request is over the limit. `absent`: what it names does not exist. `conflict`: the account is not set up for it. `unusable`: the account cannot be read.
 * `compacting`: the database is moving into a new file.
 */
export type RefusalName = "malformed" | "not_json" | "too_large" | "absent" | "conflict" | "unusable" | "compacting";

/** The answer to a refused request. It never repeats what was sent. */
export type Refusal = { readonly error: string; readonly message: string } | { readonly problem: string };

/** An operation that was not performed. `problem` replaces the answer of the table where only the account knows the cause. */
export interface Refused<Name extends RefusalName = RefusalName> {
  readonly ok: false;
  readonly refusal: Name;
  readonly problem: string | null;
}

/** What the account object answers. `value` is JSON text, which the API passes on as it is. */
export type OperationAnswer =
  /** `changed`: how many things it changed, for the audit log; none where it only reads. */
  { readonly ok: true; readonly value: string; readonly changed?: number } | Refused;

/** A result in which everything is read-only, since it is only written out. */
type Immutable<Value> = Value extends readonly (infer Item)[]
  ? readonly Immutable<Item>[]
  : Value extends object
    ? { readonly [Key in keyof Value]: Immutable<Value[Key]> }
    : Value;

/** How an operation ended inside the account object. */
export type Result<Value, Name extends RefusalName = never> =
  | { readonly ok: true; readonly value: Immutable<Value> }
  | (Name extends RefusalName ? Refused<Name> : never);

/** An operation as the console and the commands know it. */
export interface Operation<Input extends z.ZodObject = z.ZodObject, Output extends z.ZodType = z.ZodType> {
  /** `GET` takes its input from the path and the query, as texts; `POST` from a body of JSON. */
  readonly method: "GET" | "POST";
  /** Below `/accounts/:account`. `:name` stands for a field of the input. */
  readonly path: string;
  /** One sentence: what it does. */
  readonly summary: string;
  /** The status of its answer. */
  readonly status: 200 | 202;
  /** Bytes of the largest request; the API's own limit unless it is given. */
  readonly limit?: number;
  /** What is accepted: strict, since a misspelt filter would otherwise select everything. */
  readonly input: Input;
  /** What is answered. A function: the Worker never parses its own answers, so it does not build the schema. */
  readonly output: () => Output;
  /** The answers to its refusals. */
  readonly refusals: Readonly<Partial<Record<RefusalName, Refusal>>>;
  /** Parses the input, JSON text, and performs the operation inside the account object. */
  perform(context: OperationContext, input: string): Promise<OperationAnswer>;
}

/** An operation as it is written down. It may refuse only what `refusals` answers. */
type Definition<Input extends z.ZodObject, Output extends z.ZodType, Name extends RefusalName> = Common<Input, Output, Name> &
  (
    | { readonly method: "GET"; readonly changes?: never }
    /** How many things it changed, by its answer: whatever changes something is audited. */
    | { readonly method: "POST"; changes(value: Immutable<z.input<Output>>): number }
  );

interface Common<Input extends z.ZodObject, Output extends z.ZodType, Name extends RefusalName>
  extends Omit<Operation<Input, Output>, "method" | "status" | "refusals" | "perform"> {
  readonly status?: 202;
  readonly refusals: Readonly<Record<Name, Refusal>>;
  run(
    context: OperationContext,
    input: z.output<Input>,
  ): Promise<Result<z.input<Output>, NoInfer<Name>>> | Result<z.input<Output>, NoInfer<Name>>;
}

/** Makes an operation of its description. */
export function defineOperation<Input extends z.ZodObject, Output extends z.ZodType, Name extends RefusalName = never>({
  run,
  changes,
  ...described
}: Definition<Input, Output, Name>): Operation<Input, Output> {
  return {
    status: 200,
    ...described,
    perform: async (context, text) => {
      const input = described.input.safeParse(parseJson(text));
      if (!input.success) return refused("malformed");
      const result = await run(context, input.data);
      if (!result.ok) return result;
      const answer = done(JSON.stringify(result.value));
      return changes === undefined ? answer : { ...answer, changed: changes(result.value) };
    },
  };
}

/** The result of an operation that was performed. */
export function done<Value>(value: Value): { readonly ok: true; readonly value: Value } {
  return { ok: true, value };
}

/** The result of an operation that was not performed. */
export function refused<Name extends RefusalName>(refusal: Name, problem: string | null = null): Refused<Name> {
  return { ok: false, refusal, problem };
}

/** `undefined`, which no schema takes, where the text is not JSON. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
