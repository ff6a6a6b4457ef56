/**
 * `npm run deploy -- us|eu`: to Cloudflare. The region is required, because people's data goes there.
 */
import { defineCommand } from "../command.ts";
import { exitOfCode } from "../exit-codes.ts";
import { runTool } from "../tools.ts";

export const command = defineCommand({
  name: "deploy",
  group: "Run it",
  summary: "Deploy to Cloudflare, region us or eu",
  usage: { "us|eu": "The region of the Customer.io workspace. Each region is a Worker of its own." },
  options: {},
  environment: { CLOUDFLARE_API_TOKEN: "Signs in to Cloudflare where no browser can, as in CI." },
  examples: { us: "Deploys [env.us] of wrangler.toml.", eu: "Deploys [env.eu]." },
  run: async ({ positionals, misuse }) => {
    const [region = "", ...rest] = positionals;
    if ((region !== "us" && region !== "eu") || rest.length > 0)
      return misuse("Which region? That of the Customer.io workspace: npm run deploy -- us, or npm run deploy -- eu");
    return exitOfCode((await runTool("wrangler", ["deploy", "--env", region], true)).code);
  },
});
