import { assertEquals } from "@std/assert";
import { type Condition, hasProgram } from "../support/programs/conditions.ts";
import { pause } from "../support/programs/waiting.ts";
import { QUEUE_ONLY, queueOf, tellUser } from "../support/inputs/queue_folder.ts";
import { type EndToEnd, endToEnd, type RunOptions } from "../support/scenes/end_to_end.ts";

/** Standard streams that another process has made non-blocking: everything is written, and everything is read. */

const PYTHON: Condition = await hasProgram("python3", "--version");

/** Makes the stream `argv[1]` non-blocking for whoever has it, fills it with `argv[2]` bytes, and becomes the program. */
const NEIGHBOUR = `
import fcntl, os, sys
stream, filler = int(sys.argv[1]), int(sys.argv[2])
fcntl.fcntl(stream, fcntl.F_SETFL, fcntl.fcntl(stream, fcntl.F_GETFL) | os.O_NONBLOCK)
if filler: os.write(stream, b"." * filler)
os.execv(sys.argv[3], sys.argv[3:])
`;

/** Starts the program on a non-blocking terminal, and passes on slowly what comes out of it. */
const SLOW_TERMINAL = `
import fcntl, os, pty, subprocess, sys, termios, time
outside, inside = pty.openpty()
modes = termios.tcgetattr(inside)
modes[1] &= ~termios.OPOST
termios.tcsetattr(inside, termios.TCSANOW, modes)
fcntl.fcntl(inside, fcntl.F_SETFL, fcntl.fcntl(inside, fcntl.F_GETFL) | os.O_NONBLOCK)
child = subprocess.Popen(sys.argv[1:], stdin=subprocess.DEVNULL, stdout=inside)
os.close(inside)
time.sleep(0.3)
while True:
  try:
    piece = os.read(outside, 3000)
  except OSError:
    break
  os.write(1, piece)
  time.sleep(0.001)
sys.exit(child.wait())
`;

const beside = (stream: 0 | 1 | 2, filler = 0): RunOptions => ({
  wrap: (argv) => ["python3", "-c", NEIGHBOUR, String(stream), String(filler), ...argv],
});

/** What a pipe holds, in bytes. */
const PIPE_BYTES = 64 * 1024;
/** Lengths of lines round those at which the runtime and the system treat them otherwise. */
const LENGTHS = [400, 1022, 1023, 1024, 1025, 2047, 4094, 4095, 4096, 4097, 9_000, 20_000];

/** Plants a log of about this many bytes, and gives what `log --json --last 0` prints of it. */
async function plantLog({ home }: EndToEnd, size: number): Promise<string> {
  let text = "";
  for (let number = 0; text.length < size; number++) {
    const report = { event: "Shell Started", properties: {}, messageId: String(number) };
    const where = { endpoint: null, permission: null };
    const entry = { sentAt: "x", outcome: "delivered", reason: null, ...where, withheld: [], withheldUnknown: 0 };
    const line = JSON.stringify({ ...entry, report });
    const missing = (LENGTHS[number % LENGTHS.length] ?? 0) - line.length - 1;
    text += JSON.stringify({ ...entry, sentAt: "x".repeat(1 + missing), report }) + "\n";
  }
  await Deno.mkdir(queueOf(home), { recursive: true });
  // A file of more than a mebibyte would turn over only once something is written.
  await Deno.writeTextFile(`${queueOf(home)}/sent.log`, text);
  return text;
}

const LOG = ["log", "--json", "--last", "0"];

for (const size of [0, 1, PIPE_BYTES - 20_000, PIPE_BYTES, 3 * PIPE_BYTES, 2_000_000]) {
  endToEnd(
    `log prints ${size} bytes whole into a non-blocking pipe that is read late`,
    { needs: PYTHON },
    async (here) => {
      const text = await plantLog(here, size);
      const { child } = here.start(LOG, beside(1));
      await pause(200);
      let out = "";
      for await (const chunk of child.stdout.pipeThrough(new TextDecoderStream())) {
        out += chunk;
        await pause(1);
      }
      await child.stderr.cancel();
      assertEquals([(await child.status).code, out.length, out === text], [0, text.length, true]);
    },
  );
}

endToEnd("log prints everything on a non-blocking terminal that is slow", { needs: PYTHON }, async (here) => {
  const text = await plantLog(here, 200_000);
  const { code, out } = await here.run(LOG, { wrap: (argv) => ["python3", "-c", SLOW_TERMINAL, ...argv] });
  assertEquals([code, out.length, out === text], [0, text.length, true]);
});

endToEnd("log ends where the reader of a non-blocking pipe goes away", { needs: PYTHON }, async (here) => {
  await plantLog(here, 500_000);
  const { child } = here.start(LOG, beside(1));
  const reader = child.stdout.getReader();
  await reader.read();
  await reader.cancel();
  await child.stderr.cancel();
  assertEquals((await child.status).code, 0);
});

endToEnd(
  "track says what is wrong on a standard error that is non-blocking and full",
  { needs: PYTHON },
  async (here) => {
    const { child } = here.start(["track", "Shell Strted"], beside(2, PIPE_BYTES));
    await pause(300);
    const err = await new Response(child.stderr).text();
    await child.stdout.cancel();
    assertEquals([(await child.status).code, err.slice(0, PIPE_BYTES)], [2, ".".repeat(PIPE_BYTES)]);
    assertEquals(
      err.slice(PIPE_BYTES),
      'rasa-telemetry: Cannot record "Shell Strted": no such event; the nearest is "Shell Started"\n',
    );
  },
);

const LINE = '{"event": "Shell Started", "properties": {"type": "rasa"}}\n';

endToEnd(
  "stream and track wait for what comes late on a non-blocking standard input",
  { needs: PYTHON },
  async (here) => {
    await tellUser(here.home);
    const write = async (args: readonly string[], pieces: readonly string[]) => {
      const running = here.start(args, { ...beside(0), stdin: null });
      for (const piece of pieces) {
        await pause(150);
        await running.stdin?.write(new TextEncoder().encode(piece));
      }
      await running.stdin?.close();
      const { code, out, err } = await running.ended();
      return { code, err, ...JSON.parse(out) };
    };
    const [stream, track] = await Promise.all([
      write(["stream", "--json", "--timeout", "0"], [LINE, LINE.slice(0, 20), LINE.slice(20), LINE.repeat(500)]),
      write(QUEUE_ONLY, ['{"properties": {"ty', 'pe": "rasa", "secret": 1}}', " "]),
    ]);
    assertEquals([stream.code, stream.err, stream.accepted, stream.queued], [0, "", 502, 502]);
    assertEquals([track.code, track.err, track.outcome, track.withheldUnknown], [0, "", "queued", 1]);
  },
);

endToEnd("stream ends at SIGTERM while it waits for a non-blocking standard input", { needs: PYTHON }, async (here) => {
  await tellUser(here.home);
  const running = here.start(["stream", "--json"], { ...beside(0), stdin: null });
  await running.stdin?.write(new TextEncoder().encode(LINE));
  await pause(500);
  const since = performance.now();
  running.child.kill("SIGTERM");
  const { code, out } = await running.ended();
  assertEquals([code, JSON.parse(out).accepted, performance.now() - since < 2_500], [0, 1, true]);
});
