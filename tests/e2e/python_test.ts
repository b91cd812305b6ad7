// deno-lint-ignore-file camelcase -- the names of the wire are not ours
import { assertEquals } from "@std/assert";
import { fromFileUrl } from "@std/path";
import { EVENTS } from "../../lib/report/catalogue.ts";
import { findPython } from "../../scripts/toolchain/python.ts";
import { binaryPath } from "../support/programs/binary.ts";
import { TRAINING_STARTED } from "../support/inputs/documented.ts";
import { CAN_BE_FIRST, ON_LINUX, ON_POSIX } from "../support/programs/conditions.ts";
import { type Ended, runProgram } from "../support/programs/process.ts";
import { until } from "../support/programs/waiting.ts";
import { type EndToEnd, endToEnd } from "../support/scenes/end_to_end.ts";

const MODULES = fromFileUrl(new URL("../../scripts/python", import.meta.url));
const TOLD = { RASA_TELEMETRY_ENABLED: "true" };
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

/** What every program begins with. It notes the streams that its processes start, so that the test can wait for their ends. */
const PREAMBLE = `import json, os, signal, subprocess, sys, threading, time
import rasa_telemetry
rasa_telemetry._INIT_SECONDS = 30  # The machine may be busy.
start = rasa_telemetry._start_child
def note(*arguments):
    child = start(*arguments)
    with open("../streams", "a") as file:
        file.write("%d\\n" % child.pid)
    return child
rasa_telemetry._start_child = note
`;

interface Options {
  readonly env?: Record<string, string>;
  /** Whether the program ends without waiting for its stream. By default it waits, because the test can't on Windows. */
  readonly atOnce?: boolean;
  /** What Python is started through. */
  readonly wrap?: readonly string[];
}

/**
 * Runs a Python program in the project's folder, with the documented example on its standard input; once it has ended, waits
 * for the streams it has left.
 */
async function python(script: string, { folder, home }: EndToEnd, options: Options = {}): Promise<Ended> {
  const { env = {}, atOnce = false, wrap = [] } = options;
  const command = await findPython();
  if (command === undefined) throw new Error("This test needs Python 3.8 or newer on the PATH");
  const program = PREAMBLE + script + (atOnce ? "" : "\nrasa_telemetry.close(20)\n");
  const ended = await runProgram([...wrap, command, "-c", program, binaryPath()], {
    cwd: `${folder}/project`,
    env: {
      HOME: home,
      USERPROFILE: home,
      PYTHONPATH: MODULES,
      PYTHONDONTWRITEBYTECODE: "1",
      RASA_TELEMETRY_BINARY: binaryPath(),
      ...env,
    },
    stdin: JSON.stringify(TRAINING_STARTED),
  });
  if (ON_POSIX.met && wrap.length === 0) {
    const streams = await Deno.readTextFile(`${folder}/streams`).catch(() => "");
    for (const pid of streams.split("\n").filter((line) => line !== "")) {
      await until(`stream ${pid} has ended`, () => isGone(Number(pid)));
    }
  }
  return ended;
}

/** Whether a process has ended, be it collected or not. */
async function isGone(pid: number): Promise<boolean> {
  try {
    Deno.kill(pid, "SIGCONT");
    return ON_LINUX.met && /^\d+ \(.*\) Z/.test(await Deno.readTextFile(`/proc/${pid}/stat`));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return true;
    // The number is somebody else's by now.
    if (error instanceof Deno.errors.PermissionDenied) return true;
    throw error;
  }
}

async function waiting({ home }: EndToEnd): Promise<number> {
  let count = 0;
  try {
    for await (const { name } of Deno.readDir(`${home}/.config/rasa/telemetry`)) {
      if (/^\d{15}-.*\.json$/.test(name)) count++;
    }
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  return count;
}

/** What arrived, as words: the event and, where it has one, its number. */
function arrived({ collector }: EndToEnd): string[] {
  return collector.reports.map(({ event, properties }) => {
    const number = new Map<string, unknown>(Object.entries(properties ?? {})).get("trackers_count");
    return number === undefined ? String(event) : `${event} ${number}`;
  }).sort();
}

function distinct(reports: readonly Record<string, unknown>[]): number {
  return new Set(reports.map((report) => report["messageId"])).size;
}

function words(event: string, count: number): string[] {
  return Array.from({ length: count }, (_, index) => `${event} ${index}`).sort();
}

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
child = "import rasa_telemetry; rasa_telemetry.track_markers_extracted(1); rasa_telemetry.close(20)"
subprocess.run([sys.executable, "-c", child], check=True)
rasa_telemetry.track_markers_extracted(0)
rasa_telemetry.close()
rasa_telemetry.track_markers_extracted(2)
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
rasa_telemetry.track_markers_extracted(0)
rasa_telemetry.close(20)
rasa_telemetry.track_markers_extracted(1)
child = rasa_telemetry._stream.child
os.environ["${name}"] = "${value}"
rasa_telemetry.track_markers_extracted(2)
while child.poll() is None: time.sleep(0.01)
print(rasa_telemetry.enabled())
`,
      here,
      { env: TOLD },
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
    const { out, err } = await python(TRAIN + "rasa_telemetry.track_visualization()", here, {
      env: { RASA_TELEMETRY_DEBUG: "true" },
    });
    const events = out.trimEnd().split("\n").map((line) => JSON.parse(line).event);
    assertEquals([events, here.collector.arrivals], [["Training Started", "Story Visualization Started"], []]);
    assertEquals([await waiting(here), err.includes("Traceback")], [0, false]);
  },
);

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
rasa_telemetry.track_markers_extracted(0)
print(rasa_telemetry.run_cli(["disable"]), rasa_telemetry.enabled())
rasa_telemetry.track_markers_extracted(1)
print(rasa_telemetry.run_cli(["enable"]), rasa_telemetry.enabled())
rasa_telemetry.track_markers_extracted(2)
`,
    here,
  );
  const answers = out.split("\n").filter((line) => /^\d/.test(line));
  assertEquals([code, answers, err.includes("Traceback")], [0, ["0 False", "0 True"], false]);
  await until("they arrive", () => here.collector.reports.length > 0);
  assertEquals([arrived(here), await waiting(here)], [["Markers Extracted 2"], 0]);
});

/** A call of each function of the module, with a value for each property of its event. */
const ALL = `
from types import SimpleNamespace as Object
from datetime import datetime
import hashlib, logging
sys.modules["rasa"] = Object(__version__="3.8.0")
t = rasa_telemetry
with t.track_model_training({"language": "en", "assistant_id": "mine"}, "rasa"):
    pass
try:
    with t.track_model_training(lambda: {"language": "de", "assistant_id": "mine"}, "nlu"):
        exec(compile("raise ValueError('a secret')", "x", "exec"), {"__name__": "rasa.core.agent"})
except ValueError as error:
    t.track_error(error, "training", "DIETClassifier")
models = dict(embeddings_type="openai", embeddings_model="text-embedding-ada-002", embeddings_model_group_id="a",
              llm_type="openai", llm_model="gpt-4", llm_model_group_id="b")
t.track_intentless_policy_train()
t.track_intentless_policy_train_completed(**models)
t.track_intentless_policy_predict(**models, score=0.5)
t.track_enterprise_search_policy_train_started()
t.track_enterprise_search_policy_train_completed("faiss", *models.values(), True)
t.track_enterprise_search_policy_predict(vector_store_type="faiss", **models, citation_enabled=True)
t.track_core_model_test(5, True, project=hashlib.sha256(b"").hexdigest())
t.track_nlu_model_test(Object(intent_examples=[1], entity_examples=[], lookup_tables=[], entity_synonyms={}, regex_features=[]))
t.track_e2e_test_run([Object(steps=[Object(assertions=[Object(type="slot_was_set")])])], [1], [])
t.track_e2e_test_conversion_completed(".csv", 20)
t.track_server_start(["rest"], None, None, 4, True, project=hashlib.sha256(b"").hexdigest(), assistant_id="mine")
t.track_shell_started("rasa", "mine")
t.track_inspect_started("socketio", "mine")
t.track_interactive_learning_start(True, False)
t.track_response_rephrase(True, "a secret", "openai", "gpt-4", "group")
t.track_conversation_count(3, datetime(2026, 3, 1))
t.track_conversation_count_soft_limit(3, datetime(2026, 3, 1))
t.track_conversation_count_hard_limit(3, datetime(2026, 3, 1))
t.track_data_split(0.8, "nlu")
t.track_validate_files(True)
t.track_data_convert("yaml", "nlu")
t.track_tracker_export(7, "RedisTrackerStore", "PikaEventBroker")
t.track_visualization()
t.track_markers_extraction_initiated("all", False, True, 5)
t.track_markers_extracted(7)
t.track_markers_stats_computed(7)
t.track_markers_parsed_count(1, 2, 3)
t.track_project_init(".")
t.identify({"tracing_backend": "otlp", "metrics_backend": "otlp", "anonymization_rules": True})
`;

endToEnd("the Python module has a function for each event, and nothing that they report is withheld", async (here) => {
  const { out, err } = await python(ALL, here, { env: { RASA_TELEMETRY_DEBUG: "true" } });
  assertEquals(out.includes("a secret"), false);
  const reports: Record<string, Record<string, unknown>>[] = out.trimEnd().split("\n").map((line) => JSON.parse(line));
  assertEquals(reports.map((report) => report["context"]?.["rasa_pro"]), reports.map(() => "3.8.0"));
  const events = reports.filter((report) => report["event"] !== undefined);
  const found = events.map(({ event, properties = {} }) => [String(event), Object.keys(properties).sort()] as const);
  const known = EVENTS.map(({ name, properties }) =>
    [name, [...Object.keys(properties), "metrics_id"].sort()] as const
  );
  // What only Rasa can find out about a training is its own to gather.
  const gathered = ["assistant_id", "is_finetuning", "language", "metrics_id", "training_id", "type"];
  const expected = known.map(([name, keys]) => [name, name === "Training Started" ? gathered : keys] as const);
  assertEquals(Object.fromEntries(found), Object.fromEntries(expected));
  const custom = events.flatMap(({ event, properties = {} }) =>
    Object.entries(properties).filter(([, value]) => value === "custom").map(([key]) => `${event}: ${key}`)
  );
  assertEquals([custom, err.includes("Cannot take line")], [[], false]);
  const traits = { tracing_backend: "otlp", metrics_backend: "otlp", anonymization_rules: true };
  assertEquals(reports.flatMap((report) => report["traits"] ?? []), [traits]);
});

endToEnd("the Python module reports each event of several threads once", async (here) => {
  const { code, err } = await python(
    `
def report(thread):
    for number in range(25):
        rasa_telemetry.track_markers_extracted(thread * 25 + number)
threads = [threading.Thread(target=report, args=(thread,)) for thread in range(8)]
for thread in threads: thread.start()
for thread in threads: thread.join()
`,
    here,
    { env: TOLD },
  );
  assertEquals([code, err], [0, ""]);
  await until("they arrive", () => here.collector.reports.length >= 200);
  assertEquals(arrived(here), words("Markers Extracted", 200));
  assertEquals(distinct(here.collector.reports), 200);
});

/** A tree of processes as gunicorn makes it: workers that end by themselves, by a signal, and through `os._exit`. */
const WORKERS = `
rasa_telemetry.track_markers_extracted(0)
def work(worker):
    for number in range(10):
        rasa_telemetry.track_markers_extracted(worker * 10 + number - 9)
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
rasa_telemetry.track_markers_extracted(41)
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
    const { code, err } = await python(WORKERS, here, { env: TOLD });
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
rasa_telemetry.track_markers_extracted(0)
child = rasa_telemetry._stream.child
os.kill(child.pid, signal.SIGSTOP)
os.waitpid(child.pid, os.WUNTRACED)
rasa_telemetry.track_markers_extracted(1)
os.kill(child.pid, signal.SIGKILL)
while child.poll() is None: time.sleep(0.01)
rasa_telemetry.track_markers_extracted(2)
`,
      here,
      { env: TOLD },
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
      "for number in range(300): rasa_telemetry.track_markers_extracted(number)\nprint(rasa_telemetry._stream.dropped)",
      here,
      { env: TOLD, atOnce: true },
    );
    assertEquals([code, out.trim(), err], [0, "0", ""]);
    await until("all are queued", async () => await waiting(here) === 300);
  },
);

endToEnd(
  "the Python module waits for its stream where the program is process 1 of a container",
  { needs: CAN_BE_FIRST },
  async (here) => {
    const { code, err } = await python(
      // Longer than usual: the machine may be busy.
      "rasa_telemetry._CONTAINER_SECONDS = 12\nrasa_telemetry.track_markers_extracted(0)",
      here,
      { env: TOLD, atOnce: true, wrap: ["unshare", "--pid", "--fork", "--mount-proc"] },
    );
    assertEquals([code, err, arrived(here)], [0, "", ["Markers Extracted 0"]]);
  },
);

endToEnd("the binary works as a child of Python's subprocess", async (here) => {
  const { out, err } = await python(DIRECT, here, { env: TOLD });
  assertEquals([out, err, here.collector.reports.length], ["delivered", "", 1]);
});
