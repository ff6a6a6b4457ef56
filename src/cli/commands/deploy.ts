/**
 * `npx tributary deploy us|eu`: to Cloudflare. The region is required, because people's data goes there.
 */
import { resolve } from "node:path";
import { defineCommand } from "../command.ts";
import { renderDiagnosis } from "../doctor/diagnosis.ts";
import { exitOfCode, fail } from "../exit-codes.ts";
import { print, printProblem } from "../printer.ts";
import { inProject, WORKER_CONFIG } from "../project.ts";
import { runTool } from "../tools.ts";
import { upload } from "../upload.ts";

/** What a build of the deploy button says until its owner has chosen a region. */
const NO_REGION = `No region is chosen yet. What is deployed now takes no webhooks, and answers each with 503.
Once an account is in ${WORKER_CONFIG}, give this build the variable CLOUDFLARE_ENV, us or eu: see docs/cloudflare.md.
`;

export const command = defineCommand({
  name: "deploy",
  group: "Run it",
  summary: "Deploy to Cloudflare, region us or eu",
  usage: { "us|eu": "The region of the Customer.io workspace. Each region is a Worker of its own." },
  notes: [
    "What npm run doctor calls an error is not deployed.",
    "Only the adapters that the region's declared sources need are uploaded, and all where the Worker has a DIRECTORY_KEY: accounts of the directory may need any. Deploy once more after that secret was set.",
    "Workers Builds, which the deploy button sets up, gives no region. Until CLOUDFLARE_ENV names one there, the top level is deployed, which takes no webhooks.",
  ],
  options: {
    "secrets-file": {
      type: "string",
      value: "FILE",
      description: "Secrets for the Worker, as NAME=value lines or JSON. Those that it does not name stay as they are.",
    },
    "dry-run": { type: "boolean", default: false, description: "Do everything but upload." },
  },
  environment: {
    CLOUDFLARE_API_TOKEN: "Signs in to Cloudflare where no browser can, as in CI.",
    CLOUDFLARE_ENV: "The region, where none is given.",
  },
  examples: {
    us: "Deploys [env.us] of wrangler.toml.",
    eu: "Deploys [env.eu].",
    "us --secrets-file us.json": "Deploys, and sets secrets at the same time.",
  },
  run: async ({ values, positionals, misuse }) => {
    const [region = process.env.CLOUDFLARE_ENV ?? "", ...rest] = positionals;
    if (region === "" && process.env.WORKERS_CI === "1") {
      print(NO_REGION);
      return exitOfCode((await runTool("wrangler", ["deploy", "--env", "", ...dryRun(values)], true)).code);
    }
    if ((region !== "us" && region !== "eu") || rest.length > 0)
      return misuse("Which region? That of the Customer.io workspace: npx tributary deploy us, or npx tributary deploy eu");
    const file = values["secrets-file"];
    const path = file === undefined ? null : resolve(process.env.INIT_CWD ?? process.cwd(), file);
    // It loads every adapter: only where it is needed.
    const { examine, readSecretsGiven, textOf } = await import("../doctor/examine.ts");
    const given = path === null ? null : readSecretsGiven(path);
    if (given !== null && !given.ok) return fail("usage", given.problem);
    const { diagnoses } = examine({
      config: textOf(inProject(WORKER_CONFIG)),
      file: WORKER_CONFIG,
      secrets: given?.secrets ?? null,
      // Secrets that the file does not name may be set already.
      isComplete: false,
      isDeployed: true,
      environment: region,
    });
    for (const diagnosis of diagnoses) printProblem(renderDiagnosis(diagnosis));
    if (diagnoses.some(({ level }) => level === "error"))
      return fail("usage", "\nNothing was deployed: correct the errors first.");
    const secrets = given === null || path === null ? null : { path, names: [...given.secrets.keys()] };
    return exitOfCode(await upload({ region, secrets, isDryRun: values["dry-run"] }));
  },
});

function dryRun(values: { readonly "dry-run": boolean }): readonly string[] {
  return values["dry-run"] ? ["--dry-run"] : [];
}
