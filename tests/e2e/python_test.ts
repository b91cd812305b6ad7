import { assertEquals } from "@std/assert";
import { fromFileUrl } from "@std/path";
import { findPython } from "../../scripts/python.ts";
import { binaryPath } from "../support/binary.ts";
import { TRAINING_STARTED } from "../support/documented.ts";
import { scene } from "../support/e2e_scene.ts";

const MODULES = fromFileUrl(new URL("../../scripts/python", import.meta.url));

/** A Python program that hands over the documented example as Rasa would, and ends. */
const TRAIN = `import json, sys
import rasa_telemetry
rasa_telemetry.track("Training Started", json.load(sys.stdin), {"python": "3.7.5", "rasa_pro": "3.8.0"})
`;
/** The same with nothing but the standard library, as somebody who embeds the binary directly would write it. */
const DIRECT = `import json, subprocess, sys
payload = json.dumps({"properties": json.load(sys.stdin)}).encode()
result = subprocess.run([sys.argv[1], "track", "Training Started", "--json"], input=payload, capture_output=True)
sys.stdout.write(json.loads(result.stdout)["outcome"])
`;

async function python(
  script: string,
  folder: string,
  env: Record<string, string> = {},
): Promise<{ out: string; err: string }> {
  const command = await findPython();
  if (command === undefined) throw new Error("This test needs Python 3.8 or newer on the PATH");
  const child = new Deno.Command(command, {
    args: ["-c", script, binaryPath()],
    cwd: `${folder}/project`,
    clearEnv: true,
    env: {
      PATH: Deno.env.get("PATH") ?? "",
      SystemRoot: Deno.env.get("SystemRoot") ?? "",
      HOME: `${folder}/home`,
      USERPROFILE: `${folder}/home`,
      PYTHONPATH: MODULES,
      PYTHONDONTWRITEBYTECODE: "1",
      RASA_TELEMETRY_BINARY: binaryPath(),
      ...env,
    },
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(JSON.stringify(TRAINING_STARTED)));
  await writer.close();
  const { stdout, stderr } = await child.output();
  return { out: new TextDecoder().decode(stdout), err: new TextDecoder().decode(stderr) };
}

/** Polls, bounded, for what processes that nobody waits for leave behind. */
async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  for (let attempt = 0; attempt < 500; attempt++) {
    if (await condition()) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error("It did not happen within 10 s");
}

async function waiting(folder: string): Promise<number> {
  let count = 0;
  try {
    for await (const { name } of Deno.readDir(`${folder}/home/.config/rasa/telemetry`)) {
      if (/^\d{15}-.*\.json$/.test(name)) count++;
    }
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  return count;
}

scene(
  "the Python module shows the notice, only queues in that run, and sends in the next",
  async ({ collector, folder }) => {
    const first = await python(TRAIN, folder);
    assertEquals([first.out, first.err.includes("RASA_TELEMETRY_ENABLED=false")], ["", true]);
    await until(async () => await waiting(folder) === 1);
    assertEquals(collector.arrivals, []);
    const second = await python(TRAIN, folder);
    assertEquals([second.out, second.err], ["", ""]);
    await until(() => collector.reports.length === 2);
    const [held, sent] = collector.reports;
    assertEquals(held?.["userId"], sent?.["userId"]);
    assertEquals(sent?.["properties"], { ...TRAINING_STARTED, metrics_id: sent?.["userId"] });
    await until(async () => await waiting(folder) === 0);
  },
);

scene("the Python module shows the report in debug mode, and nothing is sent", async ({ collector, folder }) => {
  const { out } = await python(TRAIN, folder, { RASA_TELEMETRY_DEBUG: "true" });
  assertEquals([JSON.parse(out).event, collector.arrivals], ["Training Started", []]);
});

scene("the Python module does nothing where telemetry is off", async ({ collector, folder }) => {
  const { out, err } = await python(TRAIN, folder, { RASA_TELEMETRY_ENABLED: "false" });
  assertEquals([out, err, collector.arrivals], ["", "", []]);
  assertEquals(await Array.fromAsync(Deno.readDir(`${folder}/home`)), []);
});

scene("the binary works as a child of Python's subprocess", async ({ collector, folder }) => {
  const { out, err } = await python(DIRECT, folder, { RASA_TELEMETRY_ENABLED: "true" });
  assertEquals([out, err, collector.reports.length], ["delivered", "", 1]);
});
