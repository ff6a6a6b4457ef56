/**
 * Schemas that turn a valid value into another.
 */
import * as z from "zod";
import { $ZodTransform } from "zod/v4/core";

/** The value that is turned, and what is wrong with it. */
export type Context = z.core.ParsePayload;

/**
 * Turns a value into another: `z.transform` in less time. That one makes a function for each value, which outlives all but a full collection of
 * garbage, and with it the value.
 * @example z.string().pipe(turned((text: string) => text.trim()))
 */
export function turned<Given, Made>(
  turn: (value: Given, context: Context) => Made,
): z.core.$ZodTransform<NoInfer<Made>, NoInfer<Given>>;
export function turned(turn: (value: unknown, context: Context) => unknown): z.core.$ZodTransform {
  return new $ZodTransform({ type: "transform", transform: turn });
}

/** Says that a value cannot be turned. @param message a constant: see `describeIssues` */
export function refuse({ issues, value }: Context, message: string): never {
  issues.push({ code: "custom", message, input: value });
  return z.NEVER;
}
