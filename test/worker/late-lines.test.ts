/**
 * An object may write to its log when the tests of a file have ended: the run ends all the same.
 */
import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { expect, test } from "vitest";

test("an object writes on after the last test", async () => {
  const written = await runInDurableObject(env.ACCOUNT.getByName("v1/us/late-lines"), () => {
    let left = 40;
    const write = () => {
      console.info("late");
      left -= 1;
      if (left > 0) setTimeout(write, 2);
    };
    write();
    return 40 - left;
  });
  expect(written).toBe(1);
});
