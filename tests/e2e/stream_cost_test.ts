import { assert, assertEquals } from "@std/assert";
import { eventLine, eventLines } from "../support/inputs/numbered_events.ts";
import { tellUser } from "../support/inputs/queue_folder.ts";
import { done, processorMs, residentMb, STREAM, StreamChild } from "../support/programs/stream_child.ts";
import { CAN_BE_FIRST, ON_LINUX } from "../support/programs/conditions.ts";
import { say } from "../support/programs/figures.ts";
import { pause, until } from "../support/programs/waiting.ts";
import { endToEnd } from "../support/scenes/end_to_end.ts";

/** What a stream costs the machine that it runs on for days. */

endToEnd(
  "stream of a caller that is process 1 goes on, and takes hardly any processor time while it idles",
  { needs: CAN_BE_FIRST },
  async (here) => {
    await tellUser(here.home);
    const child = new StreamChild(here, {
      wrap: (argv) => ["unshare", "--pid", "--fork", "--mount-proc", "sh", "-c", '"$0" "$@"; exit $?', ...argv],
    });
    await child.write(eventLine(0));
    await until("it arrives", () => here.collector.arrivals.length === 1);
    const pid = await pidOf(here.home, child.pid);
    const before = await processorMs(pid);
    await pause(3_000);
    const idle = await processorMs(pid) - before;
    say(`an idle stream takes ${idle} ms of processor time in 3 s`);
    await child.write(eventLine(1));
    assertEquals(await child.close(), done({ accepted: 2, delivered: 2 }));
    assert(idle <= 150, `${idle} ms`);
  },
);

endToEnd("stream has hardly more memory after 80,000 events than after 10,000", { needs: ON_LINUX }, async (here) => {
  await tellUser(here.home);
  here.collector.answer = () => {
    // Otherwise the test itself would hold them all.
    here.collector.arrivals.length = 0;
    return Response.json({ success: true });
  };
  const child = new StreamChild(here);
  const resident: number[] = [];
  for (let from = 0; from < 80_000; from += 500) {
    await child.write(eventLines(from, from + 500));
    if (from + 500 === 10_000 || from + 500 === 80_000) resident.push(await residentMb(child.pid));
  }
  const [early = 0, late = Infinity] = resident;
  say(`a stream has ${early.toFixed(0)} MB after 10,000 events, ${late.toFixed(0)} MB after 80,000`);
  assertEquals(await child.close(), done({ accepted: 80_000, delivered: 80_000 }));
  assert(late <= early * 1.2, `${late} MB after ${early} MB`);
});

endToEnd("stream takes hardly more memory for a line that never ends", { needs: ON_LINUX }, async (here) => {
  await tellUser(here.home);
  const child = new StreamChild(here);
  await child.write(eventLines(0, 100));
  await until("they arrive", () => here.collector.arrivals.length === 1);
  const early = await residentMb(child.pid);
  const megabyte = "x".repeat(1024 * 1024);
  for (let count = 0; count < 200; count++) await child.write(megabyte);
  const late = await residentMb(child.pid);
  say(`a stream has ${early.toFixed(0)} MB at first, ${late.toFixed(0)} MB behind 200 MB of one line`);
  await child.write("\n");
  const { code, out, err } = await child.close();
  assertEquals([code, JSON.parse(out).delivered, err], [
    2,
    100,
    "rasa-telemetry: Cannot take line 101: it is longer than 256 KiB\n",
  ]);
  assert(late <= early + 60);
});

/** The process that runs the binary for a home, somewhere below another. */
async function pidOf(home: string, ancestor: number): Promise<number> {
  for (const { name } of await Array.fromAsync(Deno.readDir("/proc"))) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const [command = "", ...args] = (await Deno.readTextFile(`/proc/${name}/cmdline`)).split("\0");
      const isStream = args.slice(0, STREAM.length).join() === STREAM.join() && command.includes("rasa-telemetry");
      // Its working folder says nothing: a stream leaves it.
      const environment = isStream ? (await Deno.readTextFile(`/proc/${name}/environ`)).split("\0") : [];
      if (environment.includes(`HOME=${home}`)) return Number(name);
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  }
  throw new Error(`No stream runs below process ${ancestor}`);
}
