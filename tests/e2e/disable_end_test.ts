import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { eventLines, range } from "../support/inputs/numbered_events.ts";
import { queueOf, TRACK, TRACK_JSON, waitingIn } from "../support/inputs/queue_folder.ts";
import { Authority, TlsFront } from "../support/programs/authority.ts";
import { endpointPort, httpsBinaryPath, httpsPort } from "../support/programs/binary.ts";
import { CAN_MOUNT, ON_POSIX } from "../support/programs/conditions.ts";
import { FaultyServer, isBroken, join } from "../support/programs/faulty_server.ts";
import { fill, withMounts } from "../support/programs/mounts.ts";
import { asNobody } from "../support/programs/other_user.ts";
import type { Ended } from "../support/programs/process.ts";
import { StreamChild } from "../support/programs/stream_child.ts";
import { pause, until } from "../support/programs/waiting.ts";
import { Witness, type WitnessOptions } from "../support/programs/witness.ts";
import { type EndToEnd, endToEnd, type RunOptions, type Setting } from "../support/scenes/end_to_end.ts";

/** Once `disable` has returned, not one byte of a report follows, or it has said which request may still arrive. */

/** Nobody at the endpoint but whom the test puts there, and nothing that switches telemetry on but the user's yes. */
const ALONE: Setting = { endpoint: "nobody" };
const ON_POSIX_ALONE: Setting = { ...ALONE, needs: ON_POSIX };

/** How long a test waits for what must not come, in milliseconds. */
const SILENCE_MS = 1_500;
/** A machine that does much else takes its time. */
const LONGEST = { longestMs: 60_000 };

const OFF = "Telemetry is off.\n";
const OFF_AND_DELETED = "Telemetry is off. 1 waiting report was deleted.\n";
const ANY_MAY_ARRIVE = /may still arrive\n/;
const ONE_MAY_ARRIVE =
  /^rasa-telemetry: The request of [0-9: UTC-]+ with 1 report has no answer: it may still arrive\n/;
const BATCH_MAY_ARRIVE =
  /^rasa-telemetry: The request of [0-9: UTC-]+ with 500 reports has no answer: it may still arrive\n/;

/** What came of `disable`. */
interface Disabled extends Ended {
  /** When it returned, by `performance.now()`. */
  readonly returned: number;
}

/** Has a witness at the endpoint, and a user who said yes. */
async function withWitness(
  here: EndToEnd,
  options: WitnessOptions,
  work: (witness: Witness) => Promise<void>,
): Promise<void> {
  const witness = new Witness(endpointPort(), options);
  try {
    assertEquals((await here.run(["enable"], LONGEST)).code, 0);
    await work(witness);
  } finally {
    await witness.close();
  }
}

async function disable(here: EndToEnd, options: RunOptions = {}): Promise<Disabled> {
  const ended = await here.run(["disable"], { ...LONGEST, ...options });
  const returned = performance.now();
  assertEquals([ended.code, ended.out], [0, ""]);
  return { ...ended, returned };
}

/**
 * Switches telemetry off, by `disable` unless given, while a server thinks about a request that it answers once the no
 * is stored: what leaves after that leaves under a no.
 */
async function disableWithin<T>(
  here: EndToEnd,
  answer: () => void,
  work: () => Promise<T>,
  file = `${here.home}/.config/rasa/global.yml`,
): Promise<T> {
  const switchedOff = work();
  try {
    await until("a stored no", async () => (await Deno.readTextFile(file)).includes("enabled: false"));
  } finally {
    answer();
  }
  return await switchedOff;
}

/** Waits a while, and fails where bytes came after `disable` had returned without having said that they may. */
async function assertSilent(witness: Witness, { err, returned }: Disabled): Promise<void> {
  await pause(SILENCE_MS);
  assert(!witness.sawAfter(returned) || ANY_MAY_ARRIVE.test(err), `bytes came after disable had returned: ${err}`);
}

/** A stream whose first 500 reports are on the wire. */
async function busyStream(here: EndToEnd, witness: Witness, options: RunOptions = {}): Promise<StreamChild> {
  const stream = new StreamChild(here, { ...LONGEST, ...options });
  await stream.write(eventLines(0, 500));
  await until("a connection", () => witness.connections > 0);
  return stream;
}

/** How many reports were thrown away because of a no. */
async function withdrawn(here: EndToEnd): Promise<number> {
  return JSON.parse((await here.run(["status", "--json"], LONGEST)).out).droppedBy.withdrawn;
}

endToEnd("disable waits for a request whose server takes 3 s for its handshake", {
  ...ALONE,
  binary: httpsBinaryPath,
}, async (here) => {
  const authority = await Authority.create();
  const witness = new Witness(0);
  const front = new TlsFront(await authority.issue(), witness.port);
  const slow = new FaultyServer(async (connection) => {
    await pause(3_000);
    try {
      await join(connection, await Deno.connect({ hostname: "127.0.0.1", port: front.port }));
    } catch (error) {
      if (!isBroken(error)) throw error;
    }
  }, httpsPort());
  try {
    await Deno.writeTextFile(`${here.folder}/ours.pem`, authority.pem);
    await here.run(["enable"], LONGEST);
    const env = { SSL_CERT_FILE: `${here.folder}/ours.pem` };
    const track = here.start(TRACK_JSON, { ...LONGEST, env });
    await until("a connection", () => slow.connections > 0);
    await assertSilent(witness, await disable(here));
    assertEquals((await track.ended()).code, 0);
    assert(witness.requests <= 1);
  } finally {
    await slow.close();
    await front.close();
    await witness.close();
  }
});

endToEnd("disable says nothing of requests that were answered", ALONE, async (here) => {
  await withWitness(here, {}, async (witness) => {
    assertEquals((await here.run(TRACK, LONGEST)).code, 0);
    const disabled = await disable(here);
    await assertSilent(witness, disabled);
    assertEquals([witness.requests, disabled.err], [1, OFF]);
  });
});

endToEnd("disable ends what a server closes without an answer: one attempt is one request", ALONE, async (here) => {
  await withWitness(here, { answerMs: "closes" }, async (witness) => {
    assertEquals((await here.run(TRACK, LONGEST)).code, 0);
    const disabled = await disable(here);
    await assertSilent(witness, disabled);
    // Its connection has ended, so nothing of it can follow.
    assertEquals([witness.requests, disabled.err], [1, OFF_AND_DELETED]);
    assertEquals((await here.run(TRACK, LONGEST)).code, 0);
    assertEquals(witness.requests, 1);
  });
});

endToEnd("disable ends six streams under load", ALONE, async (here) => {
  await withWitness(here, { answerMs: 20 }, async (witness) => {
    const streams = range(0, 6).map(() => new StreamChild(here, LONGEST));
    let writing = true;
    const load = streams.map(async (stream) => {
      for (let from = 0; writing; from += 100) {
        await stream.write(eventLines(from, from + 100));
        await pause(10);
      }
    });
    try {
      await until("requests", () => witness.requests >= 12);
      await assertSilent(witness, await disable(here));
    } finally {
      writing = false;
      await Promise.all(load);
      const ended = await Promise.all(streams.map((stream) => stream.close()));
      assertEquals(ended.map(({ code }) => code), Array(6).fill(0));
    }
    assertEquals(await waitingIn(queueOf(here.home)), []);
  });
});

endToEnd("disable ends a stream that has 500 reports in memory, and counts them", ALONE, async (here) => {
  const { promise: answersAfter, resolve: answer } = Promise.withResolvers<void>();
  await withWitness(here, { answersAfter }, async (witness) => {
    const stream = await busyStream(here, witness);
    // More than the pipe holds, so that a part of them has been taken.
    await stream.write(eventLines(500, 1_300));
    const disabled = await disableWithin(here, answer, () => disable(here));
    await assertSilent(witness, disabled);
    const { accepted, delivered, dropped, queued } = JSON.parse((await stream.close()).out);
    // Lines that come after the no are thrown away unseen.
    assertEquals([delivered, queued, accepted - dropped, witness.requests], [500, 0, 500, 1]);
    assert(dropped > 0, "nothing was in memory");
    assertEquals([await withdrawn(here), await waitingIn(queueOf(here.home))], [dropped, []]);
  });
});

endToEnd("disable ends a flush between two batches", ALONE, async (here) => {
  const { promise: answersAfter, resolve: answer } = Promise.withResolvers<void>();
  await withWitness(here, { answersAfter }, async (witness) => {
    const queued = await here.run(["stream", "--timeout", "0"], { ...LONGEST, stdin: eventLines(0, 1_000) });
    assertEquals([queued.code, (await waitingIn(queueOf(here.home))).length], [0, 1_000]);
    const flush = here.start(["flush", "--json"], LONGEST);
    await until("a request", () => witness.requests > 0);
    await assertSilent(witness, await disableWithin(here, answer, () => disable(here)));
    assertEquals([(await flush.ended()).code, witness.requests, await waitingIn(queueOf(here.home))], [0, 1, []]);
  });
});

/** Senders whose request a server reads late, and what `disable` says of it. */
const LATE: Readonly<Record<string, readonly [args: readonly string[], said: RegExp]>> = {
  track: [TRACK, ONE_MAY_ARRIVE],
  flush: [["flush"], ONE_MAY_ARRIVE],
  stream: [["stream"], BATCH_MAY_ARRIVE],
};

for (const [name, [args, said]] of Object.entries(LATE)) {
  endToEnd(
    `disable says that a request of ${name} may still arrive, which a server reads too late`,
    ALONE,
    async (here) => {
      const { promise: readsAfter, resolve: read } = Promise.withResolvers<void>();
      await withWitness(here, { readsAfter }, async (witness) => {
        if (name === "flush") await here.run([...TRACK, "--timeout", "0"], LONGEST);
        const sender = new StreamChild(here, LONGEST, args);
        if (name === "stream") await sender.write(eventLines(0, 500));
        const ended = sender.close();
        await until("a connection", () => witness.connections > 0);
        const disabled = await disable(here);
        read();
        await until("a request", () => witness.requests > 0);
        assertMatch(disabled.err, said);
        assert(witness.sawAfter(disabled.returned));
        assertEquals([(await ended).code, witness.requests], [0, 1]);
      });
    },
  );
}

endToEnd("disable says that a request may still arrive whose sender was killed", ON_POSIX_ALONE, async (here) => {
  const { promise: readsAfter, resolve: read } = Promise.withResolvers<void>();
  await withWitness(here, { readsAfter }, async (witness) => {
    const stream = await busyStream(here, witness);
    // The connection comes a moment before what goes through it.
    await pause(500);
    Deno.kill(stream.pid, "SIGKILL");
    assertEquals((await stream.close()).signal, "SIGKILL");
    const disabled = await disable(here);
    read();
    await pause(SILENCE_MS);
    assert(witness.sawAfter(disabled.returned));
    assertMatch(disabled.err, BATCH_MAY_ARRIVE);
  });
});

endToEnd("disable waits 5 s for a sender that was stopped, and says which request may still arrive", {
  ...ALONE,
  needs: ON_POSIX,
}, async (here) => {
  await withWitness(here, { answerMs: "never" }, async (witness) => {
    const stream = await busyStream(here, witness);
    await until("a request", () => witness.requests > 0);
    Deno.kill(stream.pid, "SIGSTOP");
    try {
      const since = performance.now();
      const { err, returned } = await disable(here);
      assertMatch(err, BATCH_MAY_ARRIVE);
      assertStringIncludes(err, OFF);
      assert(returned - since >= 5_000);
    } finally {
      Deno.kill(stream.pid, "SIGCONT");
    }
    await stream.write(eventLines(500, 600));
    assertEquals((await stream.close()).code, 0);
    assertEquals([witness.requests, await waitingIn(queueOf(here.home))], [1, []]);
  });
});

for (const mode of [0o500, 0]) {
  endToEnd(`disable holds beside a telemetry folder of mode ${mode.toString(8)}`, ON_POSIX_ALONE, async (here) => {
    const queue = queueOf(here.home);
    const user = await asNobody(here);
    const { promise: answersAfter, resolve: answer } = Promise.withResolvers<void>();
    const witness = new Witness(endpointPort(), { answersAfter });
    try {
      assertEquals((await here.run(["enable"], { ...LONGEST, user })).code, 0);
      await Deno.chmod(queue, mode);
      // Where nothing can be kept, reports go straight from memory, and no lock tells of their request.
      const stream = await busyStream(here, witness, { user, env: { RASA_TELEMETRY_ENABLED: "true" } });
      await stream.write(eventLines(500, 600));
      const disabled = await disableWithin(here, answer, () => disable(here, { user }));
      await assertSilent(witness, disabled);
      assertStringIncludes(disabled.err, "Telemetry is off.");
      const { delivered, queued } = JSON.parse((await stream.close()).out);
      assertEquals([delivered, queued, witness.requests], [500, 0, 1]);
    } finally {
      await Deno.chmod(queue, 0o700);
      await witness.close();
    }
  });
}

endToEnd("disable waits for the one attempt of a report that a full disk doesn't take", {
  ...ALONE,
  needs: CAN_MOUNT,
}, async (here) => {
  await withMounts(here, 'mount -t tmpfs -o size=256k tmpfs "$1"', async ({ wrap, outside }) => {
    const { promise: answersAfter, resolve: answer } = Promise.withResolvers<void>();
    const witness = new Witness(endpointPort(), { answersAfter });
    const file = outside(`${here.home}/.config/rasa/global.yml`);
    try {
      assertEquals((await here.run(["enable"], { ...LONGEST, wrap })).code, 0);
      await fill(outside(`${here.home}/filler`));
      const track = here.start(TRACK_JSON, { ...LONGEST, wrap, env: { RASA_TELEMETRY_ENABLED: "true" } });
      await until("a request", () => witness.requests > 0);
      // Room for the no.
      await Deno.remove(outside(`${here.home}/filler`));
      const disabled = await disableWithin(here, answer, () => disable(here, { wrap }), file);
      await assertSilent(witness, disabled);
      assertEquals([witness.requests, JSON.parse((await track.ended()).out).outcome], [1, "delivered"]);
      const { out } = await here.run(["log", "--json"], { ...LONGEST, wrap });
      assertEquals(JSON.parse(out).outcome, "delivered");
    } finally {
      await witness.close();
    }
  });
});

endToEnd("two disables at once both end, and nothing follows either", ALONE, async (here) => {
  const { promise: answersAfter, resolve: answer } = Promise.withResolvers<void>();
  await withWitness(here, { answersAfter }, async (witness) => {
    const stream = await busyStream(here, witness);
    await stream.write(eventLines(500, 1_000));
    const both = await disableWithin(here, answer, () => Promise.all([disable(here), disable(here)]));
    for (const disabled of both) await assertSilent(witness, disabled);
    assertEquals([(await stream.close()).code, witness.requests], [0, 1]);
    const { enabled, decidedBy } = JSON.parse((await here.run(["status", "--json"], LONGEST)).out);
    assertEquals([enabled, decidedBy], [false, "configuration"]);
  });
});

endToEnd("disable ends tracks that start all the time", ALONE, async (here) => {
  await withWitness(here, { answerMs: 100 }, async (witness) => {
    let starting = true;
    const outcomes: string[] = [];
    const lanes = range(0, 3).map(async () => {
      while (starting) {
        const { code, out } = await here.run(TRACK_JSON, LONGEST);
        assertEquals(code, 0);
        outcomes.push(JSON.parse(out).outcome);
      }
    });
    try {
      await until("requests", () => witness.requests >= 3);
      const disabled = await disable(here);
      outcomes.length = 0;
      await assertSilent(witness, disabled);
      await until("tracks after it", () => outcomes.length > 3);
    } finally {
      starting = false;
      await Promise.all(lanes);
    }
    // The first of each lane may have begun before.
    assertEquals(new Set(outcomes.slice(3)), new Set(["disabled"]));
    assertEquals(await waitingIn(queueOf(here.home)), []);
  });
});

endToEnd("a no that Rasa stores by itself ends what a stream has in memory, and counts it", ALONE, async (here) => {
  const { promise: answersAfter, resolve: answer } = Promise.withResolvers<void>();
  await withWitness(here, { answersAfter }, async (witness) => {
    const stream = await busyStream(here, witness);
    // More than the pipe holds, so that a part of them has been taken.
    await stream.write(eventLines(500, 1_300));
    await disableWithin(here, answer, async () => {
      const file = `${here.home}/.config/rasa/global.yml`;
      const text = await Deno.readTextFile(file);
      // As Rasa does: it empties the file first.
      await Deno.writeTextFile(file, "");
      await pause(20);
      await Deno.writeTextFile(file, text.replaceAll("enabled: true", "enabled: false"));
    });
    const { accepted, delivered, dropped, queued } = JSON.parse((await stream.close()).out);
    assertEquals([delivered, accepted - dropped, queued, witness.requests], [500, 500, 0, 1]);
    assert(dropped > 0, "nothing was in memory");
    assertEquals([await withdrawn(here), await waitingIn(queueOf(here.home))], [dropped, []]);
  });
});
