import { assertEquals } from "@std/assert";
import { readConsent } from "../../lib/consent/consent.ts";
import { type Label, type Permission, PERMISSIONS } from "../../lib/consent/permission.ts";
import { ConnectFault, FileFault } from "../../lib/host/host.ts";
import { CATALOGUE_VERSION } from "../../lib/report/catalogue.ts";
import { writeReport } from "../../lib/report/written_report.ts";
import { enqueue } from "../../lib/sender/disk_queue/enqueue.ts";
import { countDropped, type DroppedBy } from "../../lib/sender/disk_queue/files.ts";
import { type Flushed, flushQueue } from "../../lib/sender/flush_queue.ts";
import { openRoute } from "../../lib/sender/route.ts";
import {
  type Answer,
  MemoryHost,
  type MemoryHostOptions,
  NOON,
  type SentRequest,
} from "../support/machine/memory_host.ts";
import { HOME, LABEL, report } from "../support/scenes/memory_queue_scene.ts";
import {
  ASKED,
  BUILD,
  CONFIG_FILE,
  OTHER_EPOCH,
  QUEUE,
  queued,
  RECORD_FILE,
  recordOf,
  runHere,
  runJson,
  STORED_OFF,
  STORED_ON,
  TOLD,
  toldAt,
} from "../support/scenes/scene.ts";

/** A host whose user said yes, with so many reports waiting. */
async function hostWith(
  reports: number,
  respond: Answer | ((request: SentRequest) => Answer | Promise<Answer>),
): Promise<MemoryHost> {
  const host = new MemoryHost({ files: ASKED, respond });
  for (let index = 0; index < reports; index++) {
    host.clock += 1_000;
    host.input = { properties: { type: "rasa" } };
    await runHere(host, "track", "Shell Started", "--timeout", "0");
  }
  return host;
}

const ids = (request: SentRequest | undefined): unknown[] => {
  const batch = request?.body["batch"];
  return Array.isArray(batch) ? batch.map((item) => item.messageId) : [request?.body["messageId"]];
};

for (
  const [answer, left, logged] of [
    [200, 0, "delivered"],
    [400, 0, "rejected"],
    [404, 0, "rejected"],
    [501, 0, "rejected"],
    [Response.json({ success: false }), 0, "rejected"],
    [401, 1, "attempted"],
    [429, 1, "attempted"],
    [503, 1, "attempted"],
    [new Response("<html>Sign in</html>"), 1, "attempted"],
    [Response.json([]), 1, "attempted"],
    [new TypeError("connection closed"), 1, "attempted"],
    [new ConnectFault("No connection"), 1, undefined],
    ["never", 1, "attempted"],
  ] as const
) {
  const name = answer instanceof Response ? "HTTP 200 with another body" : String(answer);
  Deno.test(`deliver leaves ${left} waiting and logs ${logged ?? "nothing"} after ${name}`, async () => {
    const host = await hostWith(1, answer);
    assertEquals((await runJson(host, "flush"))["left"], left);
    assertEquals(queued(host).length, left);
    const log = host.files.text(`${QUEUE}/sent.log`)?.trim().split("\n").map((line) => JSON.parse(line));
    assertEquals(log?.map((entry) => entry.outcome), logged === undefined ? undefined : [logged]);
  });
}

Deno.test("deliver sends one alone to /v1/track, and more as one batch in the order they came", async () => {
  const host = await hostWith(3, 200);
  const expected = queued(host).map(({ report }) => report["messageId"]);
  await runHere(host, "flush");
  assertEquals(host.requests.map(({ url }) => new URL(url).pathname), ["/v1/batch"]);
  assertEquals(ids(host.requests[0]), expected);
  assertEquals((host.requests[0]?.body["batch"] as { type: string }[]).map(({ type }) => type), [
    "track",
    "track",
    "track",
  ]);
});

Deno.test("deliver sends at most 500 in a batch", async () => {
  const host = await hostWith(930, 200);
  assertEquals(await runJson(host, "flush"), { delivered: 930, rejected: 0, left: 0 });
  assertEquals(host.requests.map((request) => ids(request).length), [500, 430]);
});

Deno.test("deliver halves a batch that is too large, down to the one that is refused alone", async () => {
  const host = await hostWith(5, (request) => {
    const found = ids(request);
    return found.length > 2 || found.includes("00000000-0000-4000-8000-000000000003") ? 413 : 200;
  });
  const result = await runJson(host, "flush");
  assertEquals(result, { delivered: 4, rejected: 1, left: 0 });
});

const POISONED = "00000000-0000-4000-8000-000000000003";
const page = (status: number) => new Response("<html>Blocked</html>", { status });

Deno.test("deliver loses the one report that the server finds bad, and delivers the others of its batch", async () => {
  const host = await hostWith(100, (request) => ids(request).includes(POISONED) ? 400 : 200);
  assertEquals(await runJson(host, "flush"), { delivered: 99, rejected: 1, left: 0 });
});

for (const status of [400, 402, 404, 405, 410, 451]) {
  Deno.test(`deliver keeps everything while a filter answers all with a page and HTTP ${status}`, async () => {
    let answer: Answer | (() => Answer) = () => page(status);
    const host = await hostWith(5, () => typeof answer === "function" ? answer() : answer);
    for (let day = 0; day < 10; day++) {
      assertEquals((await runJson(host, "flush"))["left"], 5);
      host.clock += 24 * 60 * 60 * 1000;
    }
    answer = 200;
    assertEquals(await runJson(host, "flush"), { delivered: 5, rejected: 0, left: 0 });
  });
}

Deno.test("deliver passes by a report that a filter refuses, tries it once an hour, and gives it up after days", async () => {
  const host = await hostWith(5, (request) => ids(request).includes(POISONED) ? page(400) : 200);
  assertEquals([await runHere(host, "flush"), queued(host).length], [4, 1]);
  assertEquals(
    host.err.endsWith(
      "4 delivered, 0 rejected, 1 left: something between here and the server refuses them; " +
        "rasa-telemetry log says how\n",
    ),
    true,
    host.err,
  );
  const before = host.requests.length;
  host.clock += 59 * 60 * 1000;
  assertEquals((await runJson(host, "track", "Shell Started"))["outcome"], "delivered");
  assertEquals(host.requests.length, before + 1);
  for (let hour = 0; hour < 72; hour++) {
    host.clock += 60 * 60 * 1000;
    await runHere(host, "flush");
    assertEquals(queued(host).length, hour < 71 ? 1 : 0, `after ${hour + 1} hours`);
  }
  assertEquals(host.requests.length, before + 1 + 72);
  const last = host.files.text(`${QUEUE}/sent.log`)?.trim().split("\n").at(-1) ?? "";
  const { outcome, reason } = JSON.parse(last);
  assertEquals([outcome, reason], ["rejected", "refused for days by something other than the server"]);
});

Deno.test("deliver stops before its next request once telemetry is switched off elsewhere", async () => {
  const host: MemoryHost = await hostWith(930, () => {
    host.files.plant(CONFIG_FILE, STORED_OFF);
    return 200;
  });
  assertEquals((await runJson(host, "flush"))["delivered"], 500);
  assertEquals(host.requests.length, 1);
});

Deno.test("deliver leaves everything to the process that holds the lock", async () => {
  const host = await hostWith(1, 200);
  host.files.lockedElsewhere.add(`${QUEUE}/delivery.lock`);
  assertEquals(await runHere(host, "flush"), 4);
  assertEquals([host.requests.length, queued(host).length], [0, 1]);
});

Deno.test("deliver does nothing where locks can't be asked for", async () => {
  const host = await hostWith(1, 200);
  host.files.before = ({ action }) => {
    if (action === "lock") throw new FileFault("lock a file", "ENOLCK");
  };
  assertEquals(await runHere(host, "flush"), 4);
  assertEquals([host.requests.length, queued(host).length], [0, 1]);
});

Deno.test("track makes no request before the stored moment, and one after it", async () => {
  const host = await hostWith(1, 503);
  await runHere(host, "track", "Shell Started");
  assertEquals(host.requests.length, 1);
  for (let start = 0; start < 20; start++) await runHere(host, "track", "Shell Started");
  assertEquals(host.requests.length, 1);
  host.clock += 60_000;
  await runHere(host, "track", "Shell Started");
  assertEquals(host.requests.length, 2);
});

Deno.test("callers in a hurry back off from each other, and keep nobody with time from trying", async () => {
  let answer: Answer = "never";
  const host = await hostWith(1, () => answer);
  for (let start = 0; start < 1_000; start++) {
    host.clock += 100;
    await runHere(host, "track", "Shell Started", "--timeout", "1");
  }
  assertEquals(host.requests.length <= 10, true, `${host.requests.length} requests`);
  answer = 200;
  assertEquals((await runJson(host, "track", "Shell Started"))["outcome"], "delivered");
  assertEquals(queued(host), []);
});

Deno.test("a report that the server has answered for goes no second time where its file can't be removed", async () => {
  const host = await hostWith(3, 200);
  const [stuck] = host.files.names(QUEUE).filter((name) => /^\d{15}-/.test(name));
  host.files.before = ({ action, path }) => {
    if (action === "remove" && path.endsWith(stuck ?? "")) throw new FileFault("remove a file", "EPERM");
  };
  await runHere(host, "flush");
  await runHere(host, "flush");
  assertEquals([host.requests.length, queued(host).length], [1, 1]);
  host.files.before = () => {};
  assertEquals((await runJson(host, "flush"))["left"], 0);
  assertEquals(host.requests.length, 1);
});

for (
  const [name, outcome] of [
    ["doesn't know", undefined],
    ["has as attempted", "attempted"],
    ["has as delivered", "delivered"],
    ["has as rejected", "rejected"],
  ] as const
) {
  const isGone = outcome === "delivered" || outcome === "rejected";
  Deno.test(`a waiting report that delivery.json names and the log ${name} is ${isGone ? "removed" : "sent"}`, async () => {
    const host = await hostWith(1, 200);
    const stuck = host.files.names(QUEUE).filter((name) => /^\d{15}-/.test(name));
    const hurried = { notBefore: 0, failures: 0 };
    const state = { notBefore: 0, serverNotBefore: 0, failures: 0, hurried, stuck, last: null };
    host.files.plant(`${QUEUE}/delivery.json`, JSON.stringify(state));
    const entry = { sentAt: "x", outcome, reason: null, report: queued(host)[0]?.report };
    if (outcome !== undefined) host.files.plant(`${QUEUE}/sent.log`, JSON.stringify(entry) + "\n");
    await runHere(host, "flush");
    assertEquals([host.requests.length, queued(host)], [isGone ? 0 : 1, []]);
  });
}

Deno.test("deliver takes along what came meanwhile, and lists the folder as often whatever waits", async () => {
  const lists: number[] = [];
  for (const waiting of [500, 900]) {
    const host: MemoryHost = await hostWith(waiting, async () => {
      // Another process on the same disk.
      if (host.requests.length === 1) await runHere(host, "track", "Shell Started", "--timeout", "0");
      return 200;
    });
    const before = host.files.operations.length;
    await runHere(host, "flush");
    assertEquals([queued(host), new Set(host.requests.flatMap(ids)).size], [[], waiting + 1]);
    lists.push(
      host.files.operations.slice(before).filter(({ action, path }) => action === "list" && path === QUEUE).length,
    );
  }
  assertEquals(lists[0], lists[1]);
});

Deno.test("flush waits only where the server asked for it", async () => {
  const host = await hostWith(1, () => new Response(null, { status: 429, headers: { "retry-after": "120" } }));
  assertEquals([await runHere(host, "flush"), await runHere(host, "flush"), host.requests.length], [4, 4, 1]);
  host.clock += 121_000;
  await runHere(host, "flush");
  assertEquals(host.requests.length, 2);
  const down = await hostWith(1, 503);
  assertEquals([await runHere(down, "flush"), await runHere(down, "flush"), down.requests.length], [4, 4, 2]);
});

Deno.test("deliver takes a stored moment that is further off than it ever stores for a clock that was set back", async () => {
  const host = await hostWith(1, 200);
  const state = {
    notBefore: host.clock + 86_400_000,
    serverNotBefore: host.clock + 86_400_000,
    failures: 3,
    last: null,
  };
  host.files.plant(`${QUEUE}/delivery.json`, JSON.stringify(state));
  assertEquals((await runJson(host, "flush"))["delivered"], 1);
});

Deno.test("deliver sets a broken file aside and goes on", async () => {
  const host = await hostWith(2, 200);
  const broken = [
    ["000000000000001-00000000-0000-4000-8000-0000000000aa.asked.shell-started.json", "{"],
    [
      "000000000000002-00000000-0000-4000-8000-0000000000ab.asked.shell-started.json",
      '{"format":1,"catalogue":1,"epoch":"e","permission":"asked","notice":1,"at":1,"report":{"userId":"ada"}}',
    ],
  ] as const;
  for (const [name, content] of broken) host.files.plant(`${QUEUE}/${name}`, content);
  assertEquals(await runJson(host, "flush"), { delivered: 2, rejected: 0, left: 0 });
  assertEquals(
    host.files.names(QUEUE).filter((name) => name.endsWith(".broken")),
    broken.map(([name]) => `${name}.broken`),
  );
});

Deno.test("deliver sends nothing that somebody planted with a field that isn't ours", async () => {
  const host = await hostWith(1, 200);
  const [name] = host.files.names(QUEUE).filter((file) => /^\d{15}-/.test(file));
  const text = host.files.text(`${QUEUE}/${name}`) ?? "";
  host.files.plant(`${QUEUE}/${name}`, text.replace('"ci":', '"hostname":"ada-laptop","ci":'));
  await runHere(host, "flush");
  assertEquals(host.requests, []);
});

Deno.test("deliver renews sentAt and keeps timestamp and messageId at each attempt", async () => {
  let status = 503;
  const host = await hostWith(1, () => status);
  await runHere(host, "flush");
  host.clock += 600_000;
  status = 200;
  await runHere(host, "flush");
  const [first, second] = host.requests.map(({ body }) => body);
  assertEquals([first?.["messageId"], first?.["timestamp"]], [second?.["messageId"], second?.["timestamp"]]);
  assertEquals(Date.parse(String(second?.["sentAt"])) - Date.parse(String(first?.["sentAt"])), 600_000);
});

Deno.test("deliver compresses a batch, so that a slow line carries it", async () => {
  const host = await hostWith(20, 200);
  await runHere(host, "flush");
  assertEquals([host.requests[0]?.headers["content-encoding"], ids(host.requests[0]).length], ["gzip", 20]);
});

Deno.test("deliver trusts the authorities of SSL_CERT_FILE, or of REQUESTS_CA_BUNDLE, beside its own", async () => {
  const certificate = (content: string) => `-----BEGIN CERTIFICATE-----\n${content}\n-----END CERTIFICATE-----`;
  const [one, two, three] = [certificate("QQ=="), certificate("Qg=="), certificate("Qw==")] as const;
  for (
    const [variables, expected] of [
      [{ SSL_CERT_FILE: "/etc/corp.pem", REQUESTS_CA_BUNDLE: "/etc/other.pem" }, [one, two]],
      [{ REQUESTS_CA_BUNDLE: "/etc/other.pem" }, [three]],
      [{ SSL_CERT_FILE: "/etc/missing.pem" }, []],
      [{}, []],
    ] as const
  ) {
    const host = new MemoryHost({
      env: variables,
      files: {
        ...ASKED,
        "/etc/corp.pem": `# ours\n${one}\n-----BEGIN PRIVATE KEY-----\n${two}\nthe end`,
        "/etc/other.pem": three,
      },
    });
    await runHere(host, "track", "Shell Started");
    assertEquals(host.requests.map(({ authorities }) => authorities), [[...expected]]);
  }
});

const HOUR_MS = 60 * 60 * 1000;
/** Told at noon; nobody answered. */
const TOLD_AT_NOON = toldAt(NOON.toISOString());
// The table's own names.
const PERMISSION_NAMES = Object.keys(PERMISSIONS) as Permission[];
const UNTOLD = { [CONFIG_FILE]: STORED_ON, [RECORD_FILE]: recordOf() };
const VARIABLE_ON = { RASA_TELEMETRY_ENABLED: "true" } as const;

/** A machine with these reports, queued when they were recorded. */
function machineWith(
  options: MemoryHostOptions,
  ...labels: readonly Partial<Label>[]
): { readonly host: MemoryHost; readonly files: readonly string[] } {
  const host = new MemoryHost(options);
  const now = host.clock;
  labels.forEach((label, number) => {
    host.clock = label.at ?? now;
    enqueue(host, HOME, [{ label: { ...LABEL, ...label }, report: writeReport(report(number)) }]);
  });
  host.clock = now;
  const files = host.files.names(QUEUE).filter((name) => /^\d{15}-/.test(name)).map((name) => `${QUEUE}/${name}`);
  host.files.operations.length = 0;
  return { host, files };
}

async function flushNow(host: MemoryHost): Promise<Flushed> {
  const route = openRoute(host, BUILD, await readConsent(host, BUILD), undefined, undefined);
  host.relinquished = false;
  return await flushQueue(host, HOME, route, { until: host.elapsed() + 60_000, backOff: true });
}

/** What was dropped, by rule; rules by which nothing was are left out. */
function dropped(host: MemoryHost): Record<string, number> {
  return Object.fromEntries(Object.entries(countDropped(host, HOME)).filter(([, count]) => count > 0));
}

Deno.test("flushQueue passes by what is held without opening it, and delivers it once its hour is over", async () => {
  const { host, files } = machineWith({ files: TOLD_AT_NOON }, { permission: "told" }, { permission: "told" });
  assertEquals((await flushNow(host)).ended, "held");
  assertEquals(host.files.reads.filter((path) => files.includes(path)), []);
  host.clock = NOON.getTime() + HOUR_MS - 1;
  assertEquals([(await flushNow(host)).ended, host.requests], ["held", []]);
  host.clock += 1;
  const { delivered, ended } = await flushNow(host);
  assertEquals([delivered.size, ended, queued(host)], [2, "empty", []]);
});

Deno.test("flushQueue delivers at once after a yes what was held", async () => {
  const { host } = machineWith({ files: TOLD_AT_NOON }, { permission: "told" });
  host.files.plant(RECORD_FILE, recordOf({ asked: { at: NOON.toISOString(), notice: 1, addressee: BUILD.recipient } }));
  assertEquals((await flushNow(host)).delivered.size, 1);
});

Deno.test("flushQueue delivers what may leave past what is held", async () => {
  const options = { files: TOLD_AT_NOON, env: VARIABLE_ON };
  const { host } = machineWith(options, { permission: "told" }, { permission: "environment" }, { permission: "told" });
  const { delivered, ended } = await flushNow(host);
  assertEquals([delivered.size, ended], [1, "held"]);
  assertEquals(queued(host).map(({ permission }) => permission), ["told", "told"]);
});

/** What becomes of one report: where it is dropped, by which rule. */
const FATES: readonly (readonly [
  what: string,
  options: MemoryHostOptions,
  label: Partial<Label>,
  fate: "leaves" | "waits" | DroppedBy,
])[] = [
  ["of another epoch", { files: ASKED }, { epoch: OTHER_EPOCH }, "withdrawn"],
  ["of another epoch, once its hour is over", { files: TOLD }, { epoch: OTHER_EPOCH, permission: "told" }, "withdrawn"],
  ["that nobody was told of, within the hour", { files: UNTOLD }, { permission: "untold" }, "waits"],
  [
    "that nobody was told of for an hour",
    { files: UNTOLD },
    { permission: "untold", at: NOON.getTime() - HOUR_MS },
    "waits",
  ],
  [
    "that nobody was told of for more than an hour",
    { files: UNTOLD },
    { permission: "untold", at: NOON.getTime() - HOUR_MS - 1 },
    "untold",
  ],
  [
    "from an hour before a telling whose wait is over",
    { files: toldAt("2026-03-01T11:00:00.000Z") },
    { permission: "untold", at: NOON.getTime() - 2 * HOUR_MS },
    "leaves",
  ],
  [
    "from more than an hour before it",
    { files: toldAt("2026-03-01T11:00:00.000Z") },
    { permission: "untold", at: NOON.getTime() - 2 * HOUR_MS - 1 },
    "untold",
  ],
  [
    "from within the hour before a telling whose wait isn't over",
    { files: TOLD_AT_NOON },
    { permission: "untold", at: NOON.getTime() - HOUR_MS },
    "waits",
  ],
  ["that nobody was told of before a yes", { files: ASKED }, { permission: "untold" }, "untold"],
  ["under the variable", { files: UNTOLD, env: VARIABLE_ON }, { permission: "environment" }, "leaves"],
  ["under the variable, which is gone", { files: UNTOLD }, { permission: "environment" }, "environment"],
  ["under the variable, which is gone, of a told user", { files: TOLD }, { permission: "environment" }, "environment"],
  ["under the variable, which is gone, after a yes", { files: ASKED }, { permission: "environment" }, "leaves"],
  ["of a newer notice than its user knows", { files: TOLD }, { permission: "told", notice: 2 }, "waits"],
];

for (const [what, options, label, fate] of FATES) {
  Deno.test(`flushQueue of a report ${what}: ${fate}`, async () => {
    const { host } = machineWith(options, label);
    const { delivered, ended } = await flushNow(host);
    const isDropped = fate !== "leaves" && fate !== "waits";
    assertEquals([delivered.size, ended], [fate === "leaves" ? 1 : 0, fate === "waits" ? "held" : "empty"]);
    assertEquals([queued(host).length, dropped(host)], [fate === "waits" ? 1 : 0, isDropped ? { [fate]: 1 } : {}]);
  });
}

for (
  const [newer, head] of [
    ["format", { format: 2 }],
    ["catalogue", { format: 1, catalogue: CATALOGUE_VERSION + 1, ...LABEL }],
  ] as const
) {
  for (const permission of PERMISSION_NAMES) {
    Deno.test(`flushQueue leaves an ${permission} report in a newer ${newer} where it is, and as it is`, async () => {
      const { host } = machineWith({ files: ASKED }, {});
      const messageId = "10000000-0000-4000-8000-0000000000ff";
      const path = `${QUEUE}/001700000000000-${messageId}.${permission}.session-joined.json`;
      const text = JSON.stringify({ ...head, permission, report: { messageId, event: "Session Joined" } });
      // Hours ago.
      host.clock -= 3 * HOUR_MS;
      host.files.plant(path, text);
      host.clock += 3 * HOUR_MS;
      assertEquals((await flushNow(host)).delivered.size, 1);
      assertEquals([host.files.text(path), dropped(host)], [text, {}]);
    });
  }
}

for (const permission of PERMISSION_NAMES) {
  Deno.test(`flushQueue neither sends nor removes an ${permission} report that another user put there`, async () => {
    const { host, files: [foreign = ""] } = machineWith({ files: ASKED }, { permission }, {});
    host.files.foreign.add(foreign);
    const text = host.files.text(foreign);
    assertEquals((await flushNow(host)).delivered.size, 1);
    assertEquals([host.files.text(foreign), dropped(host)], [text, {}]);
  });
}

for (
  const [what, text, ended] of [
    ["off", STORED_OFF, "forbidden"],
    ["broken", "metrics: [", "unclear"],
  ] as const
) {
  Deno.test(`flushQueue sends nothing once global.yml is ${what}, and ends as ${ended}`, async () => {
    const { host } = machineWith({ files: ASKED }, {});
    const route = openRoute(host, BUILD, await readConsent(host, BUILD), undefined, undefined);
    host.files.plant(CONFIG_FILE, text);
    const flushed = await flushQueue(host, HOME, route, { until: host.elapsed() + 60_000, backOff: true });
    assertEquals([flushed.ended, host.requests], [ended, []]);
    assertEquals([queued(host).length, dropped(host)], ended === "unclear" ? [1, {}] : [0, { withdrawn: 1 }]);
  });
}

Deno.test("flushQueue sends nothing where the lock for requests can't be had", async () => {
  const { host } = machineWith({ files: ASKED }, {});
  host.files.lockedElsewhere.add(`${QUEUE}/sending.lock`);
  const route = openRoute(host, BUILD, await readConsent(host, BUILD), undefined, undefined);
  const { ended } = await flushQueue(host, HOME, route, { until: host.elapsed() + 60, backOff: true });
  assertEquals([ended, host.requests, queued(host).length], ["unwritable", [], 1]);
});
