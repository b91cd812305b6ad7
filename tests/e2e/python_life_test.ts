import { assert, assertEquals } from "@std/assert";
import { ON_LINUX, ON_POSIX } from "../support/programs/conditions.ts";
import { until } from "../support/programs/waiting.ts";
import { endToEnd } from "../support/scenes/end_to_end.ts";
import { arrived, distinct, python, SAYS_ON, waiting, words } from "../support/scenes/python_scene.ts";

/** The life of the Python package's child: whose it is, when it ends, and that no event is lost around its ends. */

endToEnd(
  "a Python program that waits for all its children ends, and has none because of us",
  { needs: ON_POSIX },
  async (here) => {
    const { code, out, err } = await python(
      `
markers(0)
mine = subprocess.Popen(["sleep", "0.1"])
collected = []
try:
    while True: collected.append(os.wait()[0])
except ChildProcessError:
    print(collected == [mine.pid])
mine.returncode = 0
`,
      here,
      { env: SAYS_ON },
    );
    assertEquals([code, out.trim(), err], [0, "True", ""]);
    await until("it arrives", () => here.collector.reports.length === 1);
  },
);

endToEnd("a Python program's child ends when nothing comes, and no event is lost at that edge", {
  needs: ON_POSIX,
}, async (here) => {
  const { code, out, err } = await python(
    `
import random
from rasa_telemetry import _stream
stream = _recorder.current().stream
stream.idle_seconds = _stream._IDLE_SECONDS = _stream._MOST_IDLE_SECONDS = 0.02
children = set()
for number in range(60):
    markers(number)
    until = time.monotonic() + 10
    while not child().is_reading and time.monotonic() < until:
        time.sleep(0.001)
        child().look()
    children.add(child().pid)
    time.sleep(random.uniform(0.01, 0.04))
print(len(children))
`,
    here,
    { env: SAYS_ON },
  );
  assertEquals([code, err], [0, ""]);
  assert(Number(out) > 3, `${out.trim()} children are no test of an edge`);
  await until("they arrive", () => here.collector.reports.length >= 60);
  assertEquals([arrived(here), distinct(here.collector.reports)], [words("Markers Extracted", 60), 60]);
});

endToEnd("a Python program's child is asked to end, and no event is lost at that edge", {
  needs: ON_POSIX,
}, async (here) => {
  const { code, err } = await python(
    `
number = 0
def report():
    global number
    markers(number)
    number += 1
report()
for turn in range(5):
    until = time.monotonic() + 10
    while not child().is_reading and time.monotonic() < until:
        time.sleep(0.01)
        child().look()
    report()
    time.sleep(0.02)
    os.kill(child().pid, signal.SIGTERM)
    # While it still reads, right when it stops, and after that.
    for _ in range(3):
        time.sleep(0.07 + 0.1 * turn)
        report()
`,
    here,
    { env: SAYS_ON },
  );
  assertEquals([code, err], [0, ""]);
  await until("they arrive", () => here.collector.reports.length >= 21);
  assertEquals([arrived(here), distinct(here.collector.reports)], [words("Markers Extracted", 21), 21]);
});

endToEnd("whoever reads a Python program's output gets the end of it when the program ends", {
  needs: ON_POSIX,
}, async (here) => {
  here.collector.answer = () =>
    new Promise<Response>((resolve) => setTimeout(() => resolve(Response.json({ success: true })), 3_000));
  const { code, out, err } = await python(
    `
inner = "import rasa_telemetry; rasa_telemetry.track('Shell Started', {'type': 'rasa'}); print('done')"
since = time.monotonic()
ended = subprocess.run([sys.executable, "-c", inner], capture_output=True, text=True)
print(ended.stdout.strip(), ended.stderr, time.monotonic() - since < 2.5)
`,
    here,
    { env: SAYS_ON, atOnce: true },
  );
  assertEquals([code, out.trim().split(/\s+/), err], [0, ["done", "True"], ""]);
  await until("its child is done", async () => here.collector.reports.length === 1 && await waiting(here) === 0);
});

endToEnd(
  "a Python program's child holds neither its working folder nor its files",
  { needs: ON_LINUX },
  async (here) => {
    const { code, out, err } = await python(
      `
file = open("../kept", "w")
os.set_inheritable(file.fileno(), True)
markers(0)
first = child()
def folder():
    first.look()
    return first.is_reading and os.readlink("/proc/%d/cwd" % first.pid)
until = time.monotonic() + 10
while folder() != "/" and time.monotonic() < until: time.sleep(0.01)
names = [os.readlink("/proc/%d/fd/%s" % (first.pid, number)) for number in os.listdir("/proc/%d/fd" % first.pid)]
print(folder(), [name for name in names if name.endswith("kept")], os.getsid(first.pid) == os.getsid(0))
`,
      here,
      { env: SAYS_ON },
    );
    assertEquals([code, out.trim(), err], [0, "/ [] False", ""]);
  },
);

endToEnd("a Python program's child gets nothing of the runtime's variables, and is started wherever TMPDIR leads", {
  needs: ON_POSIX,
}, async (here) => {
  for (const value of ["", "relative", "~/tmp", "/tmp/../tmp"]) {
    const { code, err } = await python("markers(0)", here, {
      env: { ...SAYS_ON, TMPDIR: value, DENO_LOG: "trace", RUST_BACKTRACE: "full", SSLKEYLOGFILE: "../keys" },
    });
    assertEquals([code, err], [0, ""]);
  }
  await until("they arrive", () => here.collector.reports.length === 4);
  assertEquals(await Deno.stat(`${here.folder}/keys`).catch(() => undefined), undefined);
});

endToEnd("an orphaned Python program ends at once, and its events arrive", { needs: ON_POSIX }, async (here) => {
  const { code, err } = await python(
    `
if os.fork() == 0:
    while os.getppid() == int(os.environ["FIRST"]): time.sleep(0.01)
    markers(0)
    os._exit(0)
os._exit(0)
`.replace("if os.fork()", 'os.environ["FIRST"] = str(os.getpid())\nif os.fork()'),
    here,
    { env: SAYS_ON, atOnce: true },
  );
  assertEquals([code, err], [0, ""]);
  await until("it arrives", () => here.collector.reports.length === 1);
});
