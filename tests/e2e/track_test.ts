import { assertEquals, assertMatch } from "@std/assert";
import { TEST_WRITE_KEY } from "../support/programs/binary.ts";
import { CONTEXT_KEYS, REPORT_KEYS, TRAINING_STARTED } from "../support/inputs/documented.ts";
import { filesIn } from "../support/inputs/folders.ts";
import { letPass } from "../support/scenes/later.ts";
import { endToEnd } from "../support/scenes/end_to_end.ts";

const EXAMPLE = JSON.stringify({ properties: TRAINING_STARTED, context: { python: "3.7.5", rasa_pro: "3.8.0" } });

endToEnd("track sends the documented example key by key", async ({ collector, folder, run }) => {
  for (const name of [".git/objects", ".git/refs"]) await Deno.mkdir(`${folder}/project/${name}`, { recursive: true });
  await Deno.writeTextFile(`${folder}/project/.git/HEAD`, "ref: refs/heads/main\n");
  await Deno.writeTextFile(
    `${folder}/project/.git/config`,
    '[remote "origin"]\n\turl = https://git.example/assistant.git\n',
  );
  assertEquals((await run(["enable"])).code, 0);
  const { code, out, err } = await run(["track", "Training Started", "--json"], { stdin: EXAMPLE });
  const result = JSON.parse(out);
  assertEquals([code, err, result.outcome, result.withheld, result.withheldUnknown], [0, "", "delivered", [], 0]);
  const [report] = collector.reports;
  assertEquals(collector.reports.length, 1);
  assertMatch(String(report?.["userId"]), /^[0-9a-f]{32}$/);
  assertEquals(report?.["properties"], { ...TRAINING_STARTED, metrics_id: report?.["userId"] });
  assertEquals([report?.["event"], report?.["messageId"]], ["Training Started", result.messageId]);
  assertEquals(Object.keys(report ?? {}), REPORT_KEYS);
  const context = report?.["context"] as Record<string, unknown>;
  assertEquals(Object.keys(context), CONTEXT_KEYS);
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode("https://git.example/assistant.git\n"));
  assertEquals(context["project"], new Uint8Array(digest).toHex());
  assertEquals([context["python"], context["rasa_pro"], context["ci"]], ["3.7.5", "3.8.0", false]);
  assertEquals([context["os"], context["cpu"]], [
    {
      name: { linux: "Linux", darwin: "Darwin", windows: "Windows" }[Deno.build.os as string],
      version: Deno.osRelease(),
    },
    navigator.hardwareConcurrency,
  ]);
  assertEquals(collector.arrivals[0]?.path, "/v1/track");
  assertEquals(collector.arrivals[0]?.authorization, `Basic ${btoa(`${TEST_WRITE_KEY}:`)}`);
});

endToEnd(
  "track in debug mode prints exactly what would leave, and leaves no file",
  async ({ collector, folder, run }) => {
    const { code, out } = await run(["track", "Training Started"], {
      stdin: EXAMPLE,
      env: { RASA_TELEMETRY_DEBUG: "true" },
    });
    assertEquals([code, collector.arrivals, await filesIn(`${folder}/home`)], [0, [], []]);
    await run(["enable"]);
    await run(["track", "Training Started"], { stdin: EXAMPLE });
    const shown = JSON.parse(out);
    const [sent] = collector.reports;
    const same = { messageId: null, timestamp: null, userId: null, properties: TRAINING_STARTED };
    assertEquals({ ...shown, ...same }, { ...sent, ...same });
    assertEquals(Object.keys(shown), Object.keys(sent ?? {}));
  },
);

endToEnd(
  "track holds reports until the notice was shown and an hour has passed, and then sends them under one id",
  async ({ collector, home, folder, run }) => {
    const track = async () => JSON.parse((await run(["track", "Shell Started", "--json"])).out);
    assertEquals((await track()).outcome, "held");
    assertEquals((await filesIn(`${folder}/home`)).filter((name) => name.endsWith("global.yml")), []);
    const init = await run(["init", "--json"]);
    const { leavesFrom, ...told } = JSON.parse(init.out);
    assertEquals(told, { shown: true, answer: null, enabled: true });
    assertMatch(init.err, /RASA_TELEMETRY_ENABLED=false/);
    assertEquals(JSON.parse((await run(["init", "--json"])).out), {
      shown: false,
      answer: null,
      enabled: true,
      leavesFrom,
    });
    const held = await track();
    assertEquals([held.outcome, held.heldUntil], ["held", leavesFrom]);
    // A process that the environment switches on sends its own report, and no other.
    await run(["track", "Shell Started"], { env: { RASA_TELEMETRY_ENABLED: "true" } });
    assertEquals(collector.reports.length, 1);
    await letPass(`${home}/.config/rasa`);
    assertEquals((await track()).outcome, "delivered");
    const status = JSON.parse((await run(["status", "--json"])).out);
    assertEquals(collector.reports.map((report) => report["userId"]), Array(4).fill(status.machineId));
    assertEquals([status.permission, status.queued], ["told", 0]);
  },
);

for (const variables of [{ RASA_TELEMETRY_ENABLED: "false" }, { RASA_TELEMETRY_ENABLED: "" }, { DO_NOT_TRACK: "1" }]) {
  endToEnd(
    `the binary leaves no file and makes no request with ${JSON.stringify(variables)}`,
    async ({ collector, folder, run }) => {
      for (const command of ["track", "identify", "flush", "init", "status", "inspect", "events", "log"]) {
        const { code } = await run(command === "track" ? [command, "Shell Started"] : [command], { env: variables });
        assertEquals([command, code], [command, 0]);
      }
      assertEquals([collector.arrivals, await filesIn(folder)], [[], []]);
    },
  );
}

endToEnd(
  "track keeps reports while the server is down, and flush delivers them in order",
  async ({ collector, run }) => {
    await run(["enable"]);
    collector.answer = () => new Response("try later", { status: 503 });
    const outcomes = [];
    for (let count = 0; count < 3; count++) {
      outcomes.push(
        JSON.parse((await run(["track", "Shell Started", "--json"])).out),
      );
    }
    assertEquals(outcomes.map(({ outcome }) => outcome), ["queued", "queued", "queued"]);
    assertEquals((await run(["flush"])).code, 4);
    collector.reset();
    const { code, err } = await run(["flush"]);
    assertEquals([code, err], [0, "3 delivered, 0 rejected, 0 left\n"]);
    assertEquals(collector.reports.map((report) => report["messageId"]), outcomes.map(({ messageId }) => messageId));
    assertEquals(
      (await run(["log", "--json"])).out.trim().split("\n").map((line) => JSON.parse(line).report),
      collector.reports,
    );
  },
);

endToEnd(
  "disable keeps everything from leaving that is recorded after it, and that was recorded before it",
  async ({ collector, folder, run }) => {
    await run(["enable"]);
    await run(["track", "Shell Started", "--timeout", "0"]);
    assertEquals((await run(["disable"])).code, 0);
    assertEquals(JSON.parse((await run(["track", "Shell Started", "--json"])).out).outcome, "disabled");
    await run(["enable"]);
    await run(["flush"]);
    assertEquals(collector.arrivals, []);
    assertEquals((await filesIn(`${folder}/home/.config/rasa`)).filter((name) => /\d{15}/.test(name)), []);
  },
);

const BAD_INPUT: readonly (readonly [
  name: string,
  args: readonly string[],
  stdin: string | Uint8Array | null | undefined,
  message: RegExp,
])[] = [
  ["no event", ["track"], undefined, /^rasa-telemetry: Cannot run "track": it needs EVENT.*\n$/],
  ["an unknown event", ["track", "Training Startd"], undefined, /the nearest is "Training Started"\n$/],
  ["broken JSON", ["track", "Shell Started"], '{"properties"', /standard input is not JSON.*\n$/],
  ["an array", ["track", "Shell Started"], "[1]", /standard input is not a JSON object.*\n$/],
  [
    "3 MB",
    ["track", "Shell Started"],
    new Uint8Array(3_000_000).fill(0x20),
    /standard input is larger than 1 MiB\n$/,
  ],
  ["100,000 nested brackets", ["track", "Shell Started"], "[".repeat(100_000), /standard input is not JSON.*\n$/],
  [
    "100,000 closed brackets",
    ["track", "Shell Started"],
    "[".repeat(100_000) + "]".repeat(100_000),
    /standard input is not .*\n$/,
  ],
  ["an unknown top-level key", ["track", "Shell Started"], '{"propertys": {}}', /1 unknown top-level key.*\n$/],
];

for (const [name, args, stdin, message] of BAD_INPUT) {
  endToEnd(`track refuses ${name} with one line, and loses nothing that waits`, async ({ collector, run }) => {
    await run(["enable"]);
    await run(["track", "Shell Started", "--timeout", "0"]);
    const { code, out, err } = await run(args, { stdin });
    assertEquals([code, out, err.split("\n").length, collector.arrivals], [2, "", 2, []]);
    assertMatch(err, message);
    assertEquals((await run(["flush"])).err, "1 delivered, 0 rejected, 0 left\n");
  });
}

endToEnd("track records without properties where its input stays open and silent", async ({ collector, run }) => {
  await run(["enable"]);
  const { code, out, err } = await run(["track", "Shell Started", "--json"], { stdin: null });
  const properties = Object.keys(collector.reports[0]?.["properties"] ?? {});
  assertEquals([code, JSON.parse(out).outcome, properties], [0, "delivered", ["metrics_id"]]);
  assertMatch(err, /^rasa-telemetry: standard input is open and silent: .*\n$/);
});

endToEnd("track withholds a property that is nested 100,000 levels deep", async ({ collector, run }) => {
  await run(["enable"]);
  const nest = `{"properties": {"type": ${"[".repeat(100_000)}${"]".repeat(100_000)}}}`;
  const { code, out } = await run(["track", "Shell Started", "--json"], { stdin: nest });
  assertEquals([code, JSON.parse(out).withheld, collector.reports.length], [0, ["properties.type"], 1]);
});

endToEnd("the binary names the command or option that is nearest to a wrong one", async ({ run }) => {
  assertMatch((await run(["statsu"])).err, /no such command; the nearest is "status"\n$/);
  assertMatch((await run(["status", "--jsno"])).err, /no such option "--jsno"; the nearest is --json;.*\n$/);
  assertEquals((await run(["--version"])).out, "rasa-telemetry 0.1.0\n");
});
