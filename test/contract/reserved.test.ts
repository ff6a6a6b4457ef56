import { describe, expect, test } from "vitest";
import { isReservedEvent, isReservedProperty } from "../../src/contract/reserved.ts";

describe("reserved events", () => {
  test.each([
    "Device Created or Updated",
    "Device Deleted",
    "User Deleted",
    "User Suppressed",
    "User Unsuppressed",
    "Relationship Deleted",
    "Object Deleted",
    "Report Delivery Event",
    "Report Content Event",
    "Application Installed",
    "Application Opened",
    "Application Uninstalled",
    "Delete Person",
    "Suppress Person",
  ])("%s is reserved, however it is written", (name) => {
    expect(isReservedEvent(name)).toBe(true);
    expect(isReservedEvent(`  ${name}\n`)).toBe(true);
    expect(isReservedEvent(name.toLowerCase())).toBe(true);
    expect(isReservedEvent(name.toUpperCase())).toBe(true);
    expect(isReservedEvent(name.replaceAll(" ", "\u00a0 "))).toBe(true);
    expect(isReservedEvent(`\u200b${name}\u0000`)).toBe(true);
  });

  test.each([
    "Account Deleted",
    "Customer Deleted",
    "User Deleted Account",
    "UserDeleted",
    "user_deleted",
    "Application Updated",
    "",
  ])("%j is not", (name) => {
    expect(isReservedEvent(name)).toBe(false);
  });
});

describe("reserved properties", () => {
  test.each(["recipient", "from_address", "reply_to", " Recipient", "REPLY_TO"])("%j is reserved", (name) => {
    expect(isReservedProperty(name)).toBe(true);
  });

  test.each(["recipient_name", "from", "email", ""])("%j is not", (name) => {
    expect(isReservedProperty(name)).toBe(false);
  });
});
