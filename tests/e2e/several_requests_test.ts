import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { eventLines, numberOf, range } from "../support/inputs/numbered_events.ts";
import { queueOf, tellUser, TRACK, waitingIn } from "../support/inputs/queue_folder.ts";
import { ON_POSIX } from "../support/programs/conditions.ts";
import { done, StreamChild } from "../support/programs/stream_child.ts";
import { Rounds } from "../support/programs/rounds.ts";
import { pause, until } from "../support/programs/waiting.ts";
import { type EndToEnd, endToEnd } from "../support/scenes/end_to_end.ts";

/** Streams that have several requests under way. */

/** Has the server answer in rounds, until four requests are open. Those wait until they are released. */
function holdFour({ collector }: EndToEnd): Rounds {
  const rounds = new Rounds([1, 2, 3]);
  collector.answer = async () => {
    await rounds.come();
    return Response.json({ success: true });
  };
  return rounds;
}

const SORTED = (numbers: readonly number[]): number[] => numbers.toSorted((left, right) => left - right);

/** The numbers of the events that arrived, each as often as it did. */
function arrived({ collector }: EndToEnd): number[] {
  return SORTED(collector.reports.map(numberOf));
}

/** A stream that has four requests under way, with the first 3,000 of 6,500 events delivered. */
async function fourUnderWay(here: EndToEnd, server: Rounds): Promise<StreamChild> {
  await tellUser(here.home);
  const child = new StreamChild(here, { longestMs: 60_000 });
  // The pipe takes no more than the stream reads.
  void child.write(eventLines(0, 6_500)).catch(() => {});
  await until("four requests", () => server.open === 4);
  return child;
}

endToEnd("stream has four requests under way beside a slow server, and sends each event once", async (here) => {
  const server = holdFour(here);
  const child = await fourUnderWay(here, server);
  await pause(500);
  assertEquals([server.open, here.collector.arrivals.length], [4, 10]);
  server.release();
  assertEquals(await child.close(), done({ accepted: 6_500, delivered: 6_500 }));
  assertEquals([server.most, arrived(here), await waitingIn(queueOf(here.home))], [4, range(0, 6_500), []]);
});

endToEnd(
  "a stream that is killed with four requests under way leaves a note of each",
  { needs: ON_POSIX },
  async (here) => {
    const server = holdFour(here);
    const child = await fourUnderWay(here, server);
    Deno.kill(child.pid, "SIGKILL");
    await child.running.ended();
    const names = (await Array.fromAsync(Deno.readDir(queueOf(here.home)))).map(({ name }) => name);
    assertEquals(names.filter((name) => /^request-\d{15}-500\./.test(name)).length, 4);
    const before = here.collector.arrivals.length;
    server.release();
    const disabled = await here.run(["disable"]);
    assertStringIncludes(disabled.err, "4 requests with 2000 reports, ");
    // Whoever comes next sends its own report alone: of the others nothing was on disk.
    assertEquals((await here.run(["enable"])).code, 0);
    assertEquals((await here.run(TRACK)).code, 0);
    assertEquals(here.collector.arrivals.length, before + 1);
  },
);

endToEnd("disable waits for all requests that are under way, and none follows", async (here) => {
  const server = holdFour(here);
  const child = await fourUnderWay(here, server);
  let openAtEnd = NaN;
  const disabling = here.run(["disable"], { longestMs: 60_000 }).then((ended) => {
    openAtEnd = server.open;
    return ended;
  });
  const file = `${here.home}/.config/rasa/global.yml`;
  await until("a stored no", async () => (await Deno.readTextFile(file)).includes("enabled: false"));
  await pause(500);
  assertEquals([server.open, openAtEnd], [4, NaN]);
  server.release();
  const { code, err } = await disabling;
  assertEquals([code, openAtEnd], [0, 0]);
  assertStringIncludes(err, "Telemetry is off.");
  const { delivered, dropped, queued } = JSON.parse((await child.close()).out);
  assertEquals([delivered, queued, here.collector.arrivals.length, server.most], [5_000, 0, 10, 4]);
  assert(dropped > 0, "nothing was in memory");
  assertEquals(arrived(here), range(0, 5_000));
});
