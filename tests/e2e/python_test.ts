import { assertEquals } from "@std/assert";
import { TRAINING_STARTED } from "../support/inputs/documented.ts";
import { ON_POSIX } from "../support/programs/conditions.ts";
import { until } from "../support/programs/waiting.ts";
import { endToEnd } from "../support/scenes/end_to_end.ts";
import { arrived, distinct, python, SAYS_ON, waiting, words } from "../support/scenes/python_scene.ts";

/** What the notice ends with where nothing leaves for an hour. */
const HOUR = /Nothing leaves before /g;

/** A Python program that hands over the documented example as Rasa would, and ends. */
const TRAIN = `
rasa_telemetry.track("Training Started", json.load(sys.stdin), {"python": "3.7.5", "rasa_pro": "3.8.0"})
`;
/** The same with nothing but the standard library, as somebody who embeds the binary directly would write it. */
const DIRECT = `
payload = json.dumps({"properties": json.load(sys.stdin)}).encode()
result = subprocess.run([sys.argv[1], "track", "Training Started", "--json"], input=payload, capture_output=True)
sys.stdout.write(json.loads(result.stdout)["outcome"])
`;

endToEnd(
  "the Python module shows the notice once, and nothing leaves within the hour or before a yes",
  async (here) => {
    const { collector } = here;
    const first = await python(TRAIN, here, { atOnce: ON_POSIX.met });
    assertEquals([first.out, first.err.match(HOUR)?.length], ["", 1]);
    const second = await python(TRAIN, here);
    assertEquals([second.out, second.err], ["", ""]);
    await until("both are queued", async () => await waiting(here) === 2);
    assertEquals(collector.arrivals, []);
    assertEquals((await here.run(["enable"])).code, 0);
    const third = await python(TRAIN, here);
    assertEquals([third.out, third.err], ["", ""]);
    await until("all arrive", () => collector.reports.length === 3);
    assertEquals(new Set(collector.reports.map((report) => report["userId"])).size, 1);
    for (const { userId, properties } of collector.reports) {
      assertEquals(properties, { ...TRAINING_STARTED, metrics_id: userId });
    }
    await until("the queue is empty", async () => await waiting(here) === 0);
  },
);

endToEnd("the Python module's interpreters show the notice once, and what all of them record is held", async (here) => {
  const { code, err } = await python(
    `
child = "import rasa_telemetry; rasa_telemetry.track('Markers Extracted', {'trackers_count': 1}); rasa_telemetry.close(20)"
subprocess.run([sys.executable, "-c", child], check=True)
markers(0)
rasa_telemetry.close()
markers(2)
`,
    here,
  );
  assertEquals([code, err.match(HOUR)?.length], [0, 1]);
  await until("all are queued", async () => await waiting(here) === 3);
  assertEquals(here.collector.arrivals, []);
});

endToEnd("the Python module's forked processes show the notice once, and what all of them record is held", {
  needs: ON_POSIX,
}, async (here) => {
  const { code, err } = await python(
    `
for _ in range(2):
    worker = os.fork()
    if worker == 0:
        rasa_telemetry.track("Shell Started", {"type": "rasa"})
        rasa_telemetry.close(20)
        os._exit(0)
    os.waitpid(worker, 0)
rasa_telemetry.track("Shell Started", {"type": "rasa"})
`,
    here,
  );
  assertEquals([code, err.match(HOUR)?.length], [0, 1]);
  await until("all are queued", async () => await waiting(here) === 3);
  assertEquals(here.collector.arrivals, []);
});

for (const [name, value] of [["DO_NOT_TRACK", "1"], ["RASA_TELEMETRY_ENABLED", "false"]] as const) {
  endToEnd(`the Python module reports nothing from where its host sets ${name} on`, async (here) => {
    const { code, out, err } = await python(
      `
markers(0)
rasa_telemetry.close(20)
markers(1)
left = child()
os.environ["${name}"] = "${value}"
markers(2)
left.wait(20, until_kept=False)
print(rasa_telemetry.enabled())
`,
      here,
      { env: SAYS_ON },
    );
    assertEquals([code, out.trim(), err], [0, "False", ""]);
    // The second is lost with the child, unless that was faster.
    assertEquals(arrived(here).filter((word) => !word.endsWith(" 1")), ["Markers Extracted 0"]);
    assertEquals(await waiting(here), 0);
  });
}

endToEnd(
  "the Python module shows each report on a line in debug mode, and nothing is sent or kept",
  async (here) => {
    const { out, err } = await python(TRAIN + "rasa_telemetry.track('Story Visualization Started')", here, {
      env: { RASA_TELEMETRY_DEBUG: "true" },
    });
    // Standard output may be somebody's JSON.
    const lines = err.trimEnd().split("\n").filter((line) => line.startsWith("{"));
    const events = lines.map((line) => JSON.parse(line).event);
    assertEquals([events, here.collector.arrivals], [["Training Started", "Story Visualization Started"], []]);
    assertEquals([await waiting(here), out, err.includes("Traceback")], [0, "", false]);
  },
);

/** A program that says which commands it starts, and what it takes telemetry for. */
const COUNTED = `
started = []
def audit(name, details):
    if name == "os.posix_spawn":
        parts = [os.fsdecode(part) for part in details[1]]
        started.append(parts[parts.index(os.environ["RASA_TELEMETRY_BINARY"]) + 1])
sys.addaudithook(audit)
is_on = rasa_telemetry.enabled()
markers(0)
print(is_on, *started)
`;

endToEnd("the Python module starts nothing to find out what it knows, and asks where anything has changed", {
  needs: ON_POSIX,
}, async (here) => {
  const run = async (env: Record<string, string> = {}) => (await python(COUNTED, here, { env })).out.trim();
  const asks = "--version init";
  assertEquals(await run(), `True ${asks} stream`);
  // The first report changes nothing that decides: the next program knows all there is to know.
  assertEquals([await run(), await run()], ["True stream", "True stream"]);
  assertEquals(await run(SAYS_ON), "True stream");
  assertEquals([await run({ DO_NOT_TRACK: "1" }), await run({ RASA_TELEMETRY_ENABLED: "no" })], ["False", "False"]);
  await Deno.writeTextFile(`${here.folder}/project/.rasa-telemetry.yml`, "enabled: false\n");
  assertEquals(await run(), `False ${asks}`);
  await Deno.remove(`${here.folder}/project/.rasa-telemetry.yml`);
  assertEquals(await run({ RASA_LICENSE: `a.${btoa("rasa:pro:champion-server-limited")}.c` }), `True ${asks} stream`);
  assertEquals((await here.run(["enable"])).code, 0);
  assertEquals([await run(), await run()], [`True ${asks} stream`, "True stream"]);
  assertEquals((await here.run(["disable"])).code, 0);
  assertEquals(await run(), "False");
  const file = `${here.home}/.config/rasa/global.yml`;
  const off = await Deno.readTextFile(file);
  await Deno.writeTextFile(file, off.replaceAll("enabled: false", "enabled: true"));
  assertEquals((await run()).includes("init"), true);
});

endToEnd("the Python module does nothing where telemetry is off", async (here) => {
  const { out, err } = await python(TRAIN + "print(rasa_telemetry.enabled())", here, {
    env: { RASA_TELEMETRY_ENABLED: "false" },
  });
  assertEquals([out.trim(), err, here.collector.arrivals], ["False", "", []]);
  assertEquals(await Array.fromAsync(Deno.readDir(`${here.folder}/home`)), []);
});

endToEnd("the Python module's disable and enable take effect at once", async (here) => {
  const { code, out, err } = await python(
    `
markers(0)
rasa_telemetry.set_enabled(False)
print(rasa_telemetry.enabled())
markers(1)
rasa_telemetry.set_enabled(True)
print(rasa_telemetry.enabled(), len(rasa_telemetry.telemetry_id()))
markers(2)
`,
    here,
  );
  assertEquals([code, out.trim().split(/\s+/), err.match(HOUR)?.length], [0, ["False", "True", "32"], 1]);
  await until("they arrive", () => here.collector.reports.length > 0);
  assertEquals([arrived(here), await waiting(here)], [["Markers Extracted 2"], 0]);
});

const NO_SUCH_EVENT =
  "No such event: 'Markers Extractd' (the nearest is 'Markers Extracted'). It is counted, and not reported\n";

endToEnd(
  "the Python module says of an event that nobody knows that it goes nowhere, and status counts it",
  async (here) => {
    const { code, out, err } = await python(
      `
import logging
for _ in range(2): rasa_telemetry.track("Markers Extractd")
markers(0)
`,
      here,
      { env: SAYS_ON },
    );
    assertEquals([code, out, err], [0, "", NO_SUCH_EVENT]);
    await until("the other arrives", () => here.collector.reports.length === 1);
    const { out: status } = await here.run(["status", "--json"]);
    assertEquals(JSON.parse(status).droppedBy.unknown, 2);
  },
);

endToEnd("the Python module hands over numpy's numbers as numbers, and the error where it happened", async (here) => {
  const { code, err } = await python(
    `
import numbers
class float32:
    def __init__(self, value): self.value = value
    def item(self): return self.value
numbers.Real.register(float32)
class bool_:
    def item(self): return True
rasa_telemetry.track("Intentless Policy Predicted", {"score": float32(0.5)})
rasa_telemetry.track("Model Core Tested", {"end_to_end": bool_(), "num_story_steps": 5})
try:
    exec(compile("raise ValueError('a secret')", "x", "exec"), {"__name__": "rasa.core.agent"})
except ValueError as error:
    rasa_telemetry.track_error(error, "training", "DIETClassifier")
rasa_telemetry.identify({"tracing_backend": "otlp", "metrics_backend": "otlp", "anonymization_rules": True})
`,
    here,
    { env: SAYS_ON },
  );
  assertEquals([code, err], [0, ""]);
  await until("they arrive", () => here.collector.reports.length === 4);
  const [score, tested, error, traits] = here.collector.reports.map(({ properties, traits }) =>
    new Map<string, unknown>(Object.entries(properties ?? traits ?? {}))
  );
  assertEquals([score?.get("score"), tested?.get("end_to_end"), error?.get("error_type")], [0.5, true, "ValueError"]);
  assertEquals([traits?.get("anonymization_rules"), JSON.stringify(here.collector.reports).includes("secret")], [
    true,
    false,
  ]);
});

endToEnd("the Python module reports each event of several threads once", async (here) => {
  const { code, err } = await python(
    `
def report(thread):
    for number in range(25):
        markers(thread * 25 + number)
threads = [threading.Thread(target=report, args=(thread,)) for thread in range(8)]
for thread in threads: thread.start()
for thread in threads: thread.join()
`,
    here,
    { env: SAYS_ON },
  );
  assertEquals([code, err], [0, ""]);
  await until("they arrive", () => here.collector.reports.length >= 200);
  assertEquals(arrived(here), words("Markers Extracted", 200));
  assertEquals(distinct(here.collector.reports), 200);
});

/** A tree of processes as gunicorn makes it: workers that end by themselves, by a signal, and through `os._exit`. */
const WORKERS = `
markers(0)
def work(worker):
    for number in range(10):
        markers(worker * 10 + number - 9)
    if worker == 1:
        os.kill(os.getpid(), signal.SIGKILL)
    if worker == 2:
        os.write(writer, b"done")
        while True: time.sleep(0.01)
    os._exit(0)
reader, writer = os.pipe()
workers = []
for worker in range(1, 5):
    pid = os.fork()
    if pid == 0: work(worker)
    workers.append(pid)
markers(41)
for worker in (0, 2, 3):
    os.waitpid(workers[worker], 0)
os.read(reader, 4)
os.kill(workers[1], signal.SIGTERM)
os.waitpid(workers[1], 0)
`;

endToEnd(
  "the Python module has a stream for each process, and reports each event once",
  { needs: ON_POSIX },
  async (here) => {
    const { code, err } = await python(WORKERS, here, { env: SAYS_ON });
    assertEquals([code, err], [0, ""]);
    await until("they arrive", () => here.collector.reports.length >= 42);
    assertEquals(arrived(here), words("Markers Extracted", 42));
    assertEquals(distinct(here.collector.reports), 42);
  },
);

endToEnd(
  "the Python module starts another stream where one is killed, and later events arrive",
  { needs: ON_POSIX },
  async (here) => {
    const { code, err } = await python(
      `
markers(0)
first = child()
while not first.is_reading:
    time.sleep(0.01)
    first.look()
os.kill(first.pid, signal.SIGSTOP)
markers(1)
os.kill(first.pid, signal.SIGKILL)
first.wait(20, until_kept=False)
markers(2)
`,
      here,
      { env: SAYS_ON },
    );
    assertEquals([code, err], [0, ""]);
    await until("the last arrives", () => arrived(here).includes("Markers Extracted 2"));
    // The first may have been read by the one that was killed.
    assertEquals(arrived(here).filter((word) => !word.endsWith(" 0")), ["Markers Extracted 1", "Markers Extracted 2"]);
  },
);

endToEnd(
  "the Python module lets a program end at once while the server is down, and its events wait on disk",
  { needs: ON_POSIX },
  async (here) => {
    here.collector.answer = () => new Response("", { status: 503 });
    const { code, out, err } = await python(
      "for number in range(300): markers(number)\nprint(_recorder.current().stream.dropped.total())",
      here,
      { env: SAYS_ON, atOnce: true },
    );
    assertEquals([code, out.trim(), err], [0, "0", ""]);
    await until("all are queued", async () => await waiting(here) === 300);
  },
);

endToEnd("the binary works as a child of Python's subprocess", async (here) => {
  const { out, err } = await python(DIRECT, here, { env: SAYS_ON });
  assertEquals([out, err, here.collector.reports.length], ["delivered", "", 1]);
});
