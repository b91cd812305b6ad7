import { fromFileUrl } from "@std/path";
import { findPython } from "../../../scripts/toolchain/python.ts";
import { TRAINING_STARTED } from "../inputs/documented.ts";
import { binaryPath } from "../programs/binary.ts";
import { ON_LINUX, ON_POSIX } from "../programs/conditions.ts";
import { type Ended, runProgram } from "../programs/process.ts";
import { until } from "../programs/waiting.ts";
import type { EndToEnd } from "./end_to_end.ts";

/** What tests of the Python package around the real binary need: to run a program with it, and to see what came of it. */

/** Where the package is imported from. */
export const PYTHON_SOURCES: string = fromFileUrl(new URL("../../../python/src", import.meta.url));
/** The variables of a program whose events leave at once. */
export const SAYS_ON = { RASA_TELEMETRY_ENABLED: "true" };

/** What every program begins with. It notes the streams that its processes start, so that the test can wait for their ends. */
const PREAMBLE = `import json, os, signal, subprocess, sys, threading, time
import rasa_telemetry
from rasa_telemetry import _child, _init, _recorder
_init._INIT_SECONDS = 30  # The machine may be busy.
def markers(number):
    rasa_telemetry.track("Markers Extracted", {"trackers_count": number})
def child():
    return _recorder.current().stream.child
start = _child.Child._start
def note(self, *arguments):
    start(self, *arguments)
    self.look()
    with open("../streams", "a") as file:
        file.write("%d\\n" % (self.pid or self.process.pid))
_child.Child._start = note
`;

/** How a program is run. */
export interface PythonOptions {
  readonly env?: Record<string, string>;
  /** Whether the program ends without waiting for its stream. By default it waits, because the test can't on Windows. */
  readonly atOnce?: boolean;
  /** What Python is started through. */
  readonly wrap?: readonly string[];
}

/**
 * Runs a Python program in the project's folder, with the documented example on its standard input; once it has ended,
 * waits for the streams it has left.
 */
export async function python(script: string, { folder, home }: EndToEnd, options: PythonOptions = {}): Promise<Ended> {
  const { env = {}, atOnce = false, wrap = [] } = options;
  const command = await findPython();
  if (command === undefined) throw new Error("This test needs Python 3.8 or newer on the PATH");
  const program = PREAMBLE + script + (atOnce ? "" : "\nrasa_telemetry.close(20)\n");
  const ended = await runProgram([...wrap, command, "-c", program, binaryPath()], {
    cwd: `${folder}/project`,
    env: {
      HOME: home,
      USERPROFILE: home,
      PYTHONPATH: PYTHON_SOURCES,
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

/** How many reports wait on disk. */
export async function waiting({ home }: EndToEnd): Promise<number> {
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
export function arrived({ collector }: EndToEnd): string[] {
  return collector.reports.map(({ event, properties }) => {
    const number = new Map<string, unknown>(Object.entries(properties ?? {})).get("trackers_count");
    return number === undefined ? String(event) : `${event} ${number}`;
  }).sort();
}

/** How many different reports there are. */
export function distinct(reports: readonly Record<string, unknown>[]): number {
  return new Set(reports.map((report) => report["messageId"])).size;
}

/** What `arrived` gives where these numbers arrived. */
export function words(event: string, count: number): string[] {
  return Array.from({ length: count }, (_, index) => `${event} ${index}`).sort();
}
