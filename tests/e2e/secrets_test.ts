import { assertEquals } from "@std/assert";
import { TRAINING_STARTED } from "../support/inputs/documented.ts";
import { filesIn } from "../support/inputs/folders.ts";
import { type EndToEnd, endToEnd } from "../support/scenes/end_to_end.ts";

/** The secret, and the part of it that must be found nowhere, in no case. */
const SECRET = "sk-live-Zq7Xv3Kp9";
const PART = /q7xv3kp/i;

/** Variables that the program reads, and two that it doesn't. */
const VARIABLES = [
  "CI",
  "TERM",
  "AWS_EXECUTION_ENV",
  "GOOGLE_CLOUD_PROJECT",
  "container",
  "RASA_PRO_LICENSE",
  "RASA_TELEMETRY_MACHINE_ID",
  "OPENAI_API_KEY",
  "USER",
];

/** What a caller hands over: the secret in every property and beside them, and inside a property. */
const PAYLOADS = [
  {
    properties: Object.fromEntries(Object.keys(TRAINING_STARTED).map((name) => [name, SECRET])),
    context: { python: SECRET, rasa_pro: SECRET, [SECRET]: SECRET },
  },
  {
    properties: {
      ...TRAINING_STARTED,
      [SECRET]: SECRET,
      pipeline: [{ name: SECRET, [SECRET]: 1, llm: { model: SECRET, api_key: SECRET } }],
    },
  },
];

const RECORD = ["track", "Training Started", "--json"];

/** How each payload is recorded: delivered, queued, and printed. */
const WAYS = [[[], {}], [["--timeout", "0"], {}], [[], { RASA_TELEMETRY_DEBUG: "true" }]] as const;

endToEnd(
  "the binary sends, prints and writes no secret that is everywhere on the machine",
  async (test) => {
    const { collector, folder, run } = test;
    await plantSecret(test);
    const env = Object.fromEntries(VARIABLES.map((name) => [name, SECRET]));
    const printed: string[] = [];
    for (const payload of PAYLOADS) {
      for (const [options, extra] of WAYS) {
        const { code, out, err } = await run([...RECORD, ...options], {
          stdin: JSON.stringify(payload),
          env: { ...env, ...extra },
        });
        assertEquals(code, 0);
        printed.push(out, err);
      }
    }
    const page = `${folder}/page.html`;
    const asking = ["status", "inspect", "log", "flush", "events", "export -"].map((line) => line.split(" "));
    for (const args of [...asking, ["inspect", "--html", page]]) {
      const { out, err } = await run(args, { env });
      printed.push(out, err);
    }
    // Under a yes until here. What stays on the machine holds no more than what leaves.
    for (const args of [["enable", "--local"], RECORD, ["log", "--local", "--json"], ["reset-id"], ["disable"]]) {
      const { code, out, err } = await run(args, { stdin: JSON.stringify(PAYLOADS[1]), env });
      assertEquals([args, code], [args, 0]);
      printed.push(out, err);
    }
    const written: string[] = [];
    for (const name of await filesIn(`${folder}/home/.config/rasa/telemetry`)) {
      written.push(name, await Deno.readTextFile(`${folder}/home/.config/rasa/telemetry/${name}`));
    }
    assertEquals(collector.reports.length, 4);
    const texts = {
      sent: JSON.stringify(collector.arrivals),
      printed: printed.join(),
      written: written.join(),
      shown: await Deno.readTextFile(page),
    };
    for (const [place, text] of Object.entries(texts)) {
      assertEquals([place, PART.exec(text)?.[0]], [place, undefined]);
    }
  },
);

/** Puts the secret into names of folders, the repository, `.env` and `global.yml`. */
async function plantSecret({ folder, run }: EndToEnd): Promise<void> {
  await Deno.rename(`${folder}/project`, `${folder}/${SECRET}`);
  await Deno.mkdir(`${folder}/project/${SECRET}`, { recursive: true });
  for (const name of [".git/objects", ".git/refs"]) {
    await Deno.mkdir(`${folder}/project/${name}`, { recursive: true });
  }
  await Deno.writeTextFile(`${folder}/project/.git/HEAD`, `ref: refs/heads/${SECRET}\n`);
  const remote = `[remote "origin"]\n\turl = https://${SECRET}@git.example/x.git\n`;
  await Deno.writeTextFile(`${folder}/project/.git/config`, remote);
  await Deno.writeTextFile(`${folder}/project/.env`, `API_KEY=${SECRET}\nRASA_LICENSE=${SECRET}\n`);
  await run(["enable"]);
  const config = `${folder}/home/.config/rasa/global.yml`;
  await Deno.writeTextFile(config, `${await Deno.readTextFile(config)}other: ${SECRET}\n`);
}
