import { assertEquals, assertStringIncludes } from "@std/assert";
import { parseConfiguration } from "../../lib/consent/global_yml/patch.ts";
import { NOTICE } from "../../lib/consent/answer.ts";
import { FileFault } from "../../lib/host/host.ts";
import { MemoryHost, NOON } from "../support/machine/memory_host.ts";
import {
  CONFIG_FILE,
  MACHINE_ID,
  QUEUE,
  queued,
  runHere,
  runJson,
  STORED_OFF,
  STORED_ON,
} from "../support/scenes/scene.ts";
import { assertFits } from "../support/inputs/widths.ts";

const stored = (host: MemoryHost) => parseConfiguration(host.files.text(CONFIG_FILE) ?? "");
const choice = (enabled: boolean, machineId: string, date = NOON.toISOString()) => ({
  kind: "stored" as const,
  stored: { enabled, traitsEnabled: enabled, machineId, date },
});

Deno.test("disable stores the choice, deletes what waits and sends nothing", async () => {
  const host = new MemoryHost({ files: { [CONFIG_FILE]: STORED_ON } });
  await runHere(host, "track", "Shell Started", "--timeout", "0");
  assertEquals(await runHere(host, "disable"), 0);
  assertEquals([stored(host), queued(host), host.requests], [choice(false, MACHINE_ID), [], []]);
  assertEquals((await runJson(host, "track", "Shell Started"))["outcome"], "disabled");
  assertEquals((await runJson(host, "status"))["decidedBy"], "configuration");
});

Deno.test("disable makes the file, and a machine id, where there is none", async () => {
  const host = new MemoryHost();
  assertEquals(await runHere(host, "disable"), 0);
  assertEquals(stored(host), choice(false, "00000000000040008000000000000001"));
});

Deno.test("enable stores the choice and its date, and deletes what was held before", async () => {
  const host = new MemoryHost();
  assertEquals((await runJson(host, "track", "Shell Started"))["outcome"], "held");
  host.clock += 1_000;
  assertEquals(await runHere(host, "enable"), 0);
  assertEquals([queued(host), await runHere(host, "flush"), host.requests], [[], 0, []]);
});

Deno.test("enable changes nothing, and keeps what waits, where telemetry is on already", async () => {
  const host = new MemoryHost({ files: { [CONFIG_FILE]: STORED_ON } });
  await runHere(host, "track", "Shell Started", "--timeout", "0");
  assertEquals(await runHere(host, "enable"), 0);
  assertEquals([host.files.text(CONFIG_FILE), queued(host).length, host.err], [
    STORED_ON,
    1,
    "Telemetry was on already.\n",
  ]);
});

Deno.test("what was recorded before an opt-out never goes, though somebody put it back", async () => {
  const host = new MemoryHost({ files: { [CONFIG_FILE]: STORED_ON } });
  await runHere(host, "track", "Shell Started", "--timeout", "0");
  const [name] = host.files.names(QUEUE).filter((file) => /^\d{15}-/.test(file));
  const text = host.files.text(`${QUEUE}/${name}`) ?? "";
  await runHere(host, "disable");
  host.clock += 1_000;
  await runHere(host, "enable");
  // A process that had asked for consent before the opt-out may write its report after it.
  host.files.plant(`${QUEUE}/${name}`, text);
  assertEquals(await runJson(host, "flush"), { delivered: 0, rejected: 0, left: 0 });
  assertEquals([host.requests, (await runJson(host, "status"))["dropped"]], [[], 1]);
});

for (const command of ["enable", "disable"]) {
  Deno.test(`${command} says so where the environment decides otherwise`, async () => {
    const value = command === "enable" ? "false" : "true";
    const host = new MemoryHost({ env: { RASA_TELEMETRY_ENABLED: value } });
    assertEquals(await runHere(host, command), 0);
    assertStringIncludes(
      host.err,
      `RASA_TELEMETRY_ENABLED says ${command === "enable" ? "off" : "on"}, and comes first`,
    );
  });

  Deno.test(`${command} says what to do where nothing can be written`, async () => {
    const host = new MemoryHost();
    host.files.before = ({ action }) => {
      if (action === "makeDirectory") throw new FileFault("make a folder", "EROFS");
    };
    assertEquals(await runHere(host, command), 2);
    const way = "set RASA_TELEMETRY_ENABLED or RASA_TELEMETRY_HOME instead";
    assertEquals(host.err, `rasa-telemetry: Cannot write in /home/ada/.config/rasa: EROFS; ${way}\n`);
  });

  Deno.test(`${command} loses nothing that another writer stores at the same moment`, async () => {
    const host = new MemoryHost({ files: { [CONFIG_FILE]: command === "enable" ? STORED_OFF : STORED_ON } });
    let foreign = 2;
    host.files.before = ({ action }) => {
      // Rasa's own tools take no lock: they write between our reading and our renaming.
      if (action !== "create" || foreign-- <= 0) return;
      host.files.plant(CONFIG_FILE, `${host.files.text(CONFIG_FILE)}foreign${foreign}: 1\n`);
    };
    assertEquals(await runHere(host, command), 0);
    const text = host.files.text(CONFIG_FILE) ?? "";
    assertEquals([text.includes("foreign1: 1\n"), text.includes("foreign0: 1\n")], [true, true]);
    assertEquals(stored(host), choice(command === "enable", MACHINE_ID));
    assertEquals(host.files.names("/home/ada/.config/rasa"), ["global.yml", "telemetry"]);
  });
}

for (const command of ["enable", "disable"]) {
  Deno.test(`${command} waits a bounded time for another writer; then it says so, and a no is kept beside`, async () => {
    const host = new MemoryHost({ files: { [CONFIG_FILE]: STORED_ON } });
    host.files.lockedElsewhere.add(`${QUEUE}/configuration.lock`);
    assertEquals(await runHere(host, command), command === "disable" ? 0 : 2);
    assertStringIncludes(host.err, "another process has been changing it for 2 s");
    assertEquals(host.files.text(CONFIG_FILE), STORED_ON);
    assertEquals((await runJson(host, "status"))["enabled"], command === "enable");
  });
}

Deno.test("two writers at a time both count: the second waits for the first", async () => {
  const host = new MemoryHost({ env: { RASA_TELEMETRY_ENABLED: "1" }, respond: 503 });
  const results = await Promise.all([
    runHere(host, "track", "Shell Started"),
    runHere(host, "disable"),
    runHere(host, "enable"),
  ]);
  assertEquals(results, [0, 0, 0]);
  assertEquals(stored(host).kind, "stored");
});

Deno.test("RASA_TELEMETRY_HOME moves everything", async () => {
  for (const home of ["/var/rasa", "state"]) {
    const host = new MemoryHost({ env: { RASA_TELEMETRY_HOME: home } });
    const folder = home.startsWith("/") ? home : `/project/${home}`;
    await runHere(host, "track", "Shell Started");
    await runHere(host, "disable");
    assertEquals(host.files.names(folder), ["global.yml", "telemetry"]);
    assertEquals(host.files.names("/home/ada"), []);
  }
});

const UNCHANGEABLE: readonly (readonly [name: string, text: string])[] = [
  ["broken", "metrics: ["],
  ["in flow style", `{metrics: {enabled: true, rasa_user_id: ${MACHINE_ID}}, foo: 1}\n`],
  ["with an alias into its section", `base: &b\n  enabled: true\nmetrics: *b\n`],
  ["with a value on a line of its own", "metrics:\n  enabled:\n    true\n"],
  ["with an explicit end", "foo: 1\n...\n"],
];

for (const [name, text] of UNCHANGEABLE) {
  Deno.test(`disable switches telemetry off beside a global.yml ${name}, which stays as it is, and enable takes that back`, async () => {
    const host = new MemoryHost({ files: { [CONFIG_FILE]: text } });
    const before = (await runJson(host, "status"))["enabled"];
    await runHere(host, "track", "Shell Started", "--timeout", "0");
    assertEquals(await runJson(host, "disable"), { enabled: false, decidedBy: "configuration" });
    assertStringIncludes(host.err, `the choice is kept in ${QUEUE} instead\n`);
    assertEquals([host.files.text(CONFIG_FILE), queued(host)], [text, []]);
    assertEquals((await runJson(host, "track", "Shell Started"))["outcome"], "disabled");
    await runHere(host, "enable");
    assertEquals([(await runJson(host, "status"))["enabled"], host.files.text(CONFIG_FILE)], [before, text]);
    assertEquals(host.requests, []);
  });
}

Deno.test("enable never overwrites a file that it can't understand", async () => {
  const host = new MemoryHost({ files: { [CONFIG_FILE]: "metrics: [" } });
  assertEquals([await runHere(host, "enable"), host.files.text(CONFIG_FILE)], [2, "metrics: ["]);
  assertEquals(host.err, `rasa-telemetry: Cannot change ${CONFIG_FILE}: it is not a YAML mapping\n`);
});

Deno.test("disable keeps a no beside global.yml where something stands in the place of its lock", async () => {
  const host = new MemoryHost({ files: { [CONFIG_FILE]: STORED_ON } });
  host.files.before = ({ action }) => {
    if (action === "lock") throw new FileFault("lock a file", "NotAFile");
  };
  assertEquals([await runHere(host, "disable"), host.files.text(CONFIG_FILE)], [0, STORED_ON]);
  const { enabled, decidedBy } = await runJson(host, "status");
  assertEquals([enabled, decidedBy], [false, "configuration"]);
});

for (const columns of [40, 60, 79, 80, 200, undefined]) {
  Deno.test(`init fits its notice to a terminal of ${columns} columns, and cuts only addresses that fit on no line`, async () => {
    const host = new MemoryHost({ terminal: { stderr: true, columns } });
    assertEquals(await runHere(host, "init"), 0);
    assertFits(host.err, columns ?? 80);
    const words = (text: string) => text.split(/\s+/).filter((word) => !/[/:]/.test(word));
    assertEquals(words(host.err).filter((word) => words(NOTICE).includes(word)), words(NOTICE));
    assertEquals(host.err.replace(/\s+/g, ""), NOTICE.replace(/\s+/g, ""));
    if ((columns ?? 80) >= 80) assertEquals(host.err, NOTICE);
  });
}
