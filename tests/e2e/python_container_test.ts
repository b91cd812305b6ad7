import { assertEquals } from "@std/assert";
import { exists } from "@std/fs/exists";
import { CAN_BE_FIRST } from "../support/programs/conditions.ts";
import { until } from "../support/programs/waiting.ts";
import { type EndToEnd, endToEnd } from "../support/scenes/end_to_end.ts";
import { arrived, python, SAYS_ON, waiting, words } from "../support/scenes/python_scene.ts";

/** The end of a Python program in a container, which may be the end of all that runs there. */

/** What an engine says to the programs of a container. */
const IN_CONTAINER = { ...SAYS_ON, container: "docker" };
/** A program in a container, from its first line to its end. */
const PROGRAM = { env: IN_CONTAINER, atOnce: true };
/** After so many milliseconds an event is on its way. */
const ON_ITS_WAY_MS = 1_500;

/** Whether what a program reported was delivered, or waits for the next one: the child may end with process 1. */
async function isKept(here: EndToEnd): Promise<boolean> {
  return here.collector.reports.length + await waiting(here) > 0;
}

/** A container, as far as processes go. */
const UNSHARE = ["unshare", "--pid", "--fork", "--mount-proc"];

endToEnd("a Python program that is process 1 of a container keeps its child, and its last event", {
  needs: CAN_BE_FIRST,
}, async (here) => {
  const { code, out, err } = await python(
    `
markers(0)
print(os.getpid(), child().process is not None)
`,
    here,
    { ...PROGRAM, wrap: UNSHARE },
  );
  assertEquals([code, out.trim(), err], [0, "1 True", ""]);
  assertEquals(await isKept(here), true);
});

endToEnd("a Python program that is process 1 keeps its last event where no server answers, and hardly waits", {
  needs: CAN_BE_FIRST,
}, async (here) => {
  const answer = Promise.withResolvers<Response>();
  here.collector.answer = () => answer.promise;
  const { code, out, err } = await python(
    `
markers(0)
time.sleep(${ON_ITS_WAY_MS / 1000})
markers(1)
since = time.monotonic()
rasa_telemetry.close()
print(time.monotonic() - since < 1.5)
`,
    here,
    { ...PROGRAM, wrap: UNSHARE },
  );
  answer.resolve(Response.json({ success: true }));
  assertEquals([code, out.trim(), err], [0, "True", ""]);
  assertEquals(await waiting(here), 2);
});

endToEnd("a Python program whose parent is process 1 keeps its last event when that ends with it", {
  needs: CAN_BE_FIRST,
}, async (here) => {
  const { code, err } = await python("markers(0)", here, {
    ...PROGRAM,
    wrap: [...UNSHARE, "sh", "-c", '"$@"; exit', "sh"],
  });
  assertEquals([code, err], [0, ""]);
  assertEquals(await isKept(here), true);
});

for (
  const [above, script] of [
    ["an entry point that an init waits for", `sh -c '"$@"; exit' sh "$@"; exit`],
    ["an entry point with a helper beside it", 'sleep 60 & "$@"; exit'],
    ["an entry point that starts a session", 'setsid --wait "$@"; exit'],
  ] as const
) {
  endToEnd(`a Python program below ${above} keeps its last event when all end with it`, {
    needs: CAN_BE_FIRST,
  }, async (here) => {
    const wrap = [...UNSHARE, "sh", "-c", script, "sh"];
    const { code, err } = await python("markers(0)", here, { ...PROGRAM, wrap });
    assertEquals([code, err], [0, ""]);
    assertEquals(await isKept(here), true);
  });
}

/** Starts process 1 of a container, and has its number, as seen from here. */
const CONTAINER = `
def contain(*command):
    first = subprocess.Popen(["unshare", "--pid", "--fork", "--mount-proc", *command])
    until = time.monotonic() + 10
    while not below(first.pid) and time.monotonic() < until: time.sleep(0.01)
    return first, below(first.pid)[0]
def below(number):
    with open("/proc/%s/task/%s/children" % (number, number)) as file:
        return file.read().split()
def end(first, number):
    first.kill()
    os.kill(int(number), signal.SIGKILL)
    first.wait()
def output(*command):
    return subprocess.run(command, stdout=subprocess.PIPE, text=True).stdout.strip()
`;

endToEnd("a Python program that an engine puts beside a process 1 that collects nothing leaves no zombie there", {
  needs: CAN_BE_FIRST,
}, async (here) => {
  const { code, out, err } = await python(
    `${CONTAINER}
first, number = contain("sleep", "60")
program = "import os, rasa_telemetry; rasa_telemetry.track('Shell Started', {'type': 'rasa'}); print(os.getppid())"
enter = ["nsenter", "--target", number, "--pid", "--mount"]
print(output(*enter, sys.executable, "-c", program))
print(output(*enter, "sh", "-c", "cat /proc/[0-9]*/stat | grep -c ') Z' || true"))
end(first, number)
`,
    here,
    PROGRAM,
  );
  assertEquals([code, out.trim().split(/\s+/), err], [0, ["0", "0"], ""]);
  assertEquals(await isKept(here), true);
});

endToEnd("a Python program in a pod whose containers share their processes keeps its last event", {
  needs: CAN_BE_FIRST,
}, async (here) => {
  const { code, out, err } = await python(
    `${CONTAINER}
first, number = contain("sleep", "60")
program = "import os, rasa_telemetry; rasa_telemetry.track('Shell Started', {'type': 'rasa'}); print(os.getppid())"
print(output("nsenter", "--target", number, "--pid", "unshare", "--mount-proc", sys.executable, "-c", program))
end(first, number)
`,
    here,
    PROGRAM,
  );
  assertEquals([code, out.trim(), err], [0, "0", ""]);
  assertEquals(await isKept(here), true);
});

endToEnd("a Python program that an engine puts beside a process 1 that goes on waits for nothing at its end", {
  needs: CAN_BE_FIRST,
}, async (here) => {
  const answer = Promise.withResolvers<Response>();
  here.collector.answer = () => answer.promise;
  const ended = python(
    `${CONTAINER}
collecting = "import signal, time; signal.signal(signal.SIGCHLD, signal.SIG_IGN); time.sleep(60)"
first, number = contain(sys.executable, "-c", collecting)
until = time.monotonic() + 10
def ignores():
    with open("/proc/%s/status" % number) as file:
        return any(line.startswith("SigIgn:") and int(line.split()[1], 16) >> 16 & 1 for line in file)
while not ignores() and time.monotonic() < until: time.sleep(0.01)
program = """
import time, rasa_telemetry
from rasa_telemetry import _recorder
rasa_telemetry.track('Markers Extracted', {'trackers_count': 0})
child = _recorder.current().stream.child
while not child.is_reading:
    time.sleep(0.01)
    child.look()
rasa_telemetry.track('Markers Extracted', {'trackers_count': 1})
since = time.monotonic()
rasa_telemetry.close()
print(time.monotonic() - since < 0.2)
"""
print(output("nsenter", "--target", number, "--pid", "--mount", sys.executable, "-c", program), flush=True)
with open("../ended", "w"): pass
while below(number): time.sleep(0.01)
end(first, number)
`,
    here,
    PROGRAM,
  );
  await until("the program has ended", () => exists(`${here.folder}/ended`));
  answer.resolve(Response.json({ success: true }));
  const { code, out, err } = await ended;
  assertEquals([code, out.trim(), err], [0, "True", ""]);
  assertEquals(arrived(here), words("Markers Extracted", 2));
});
