import { assertEquals } from "@std/assert";
import { eventLines, numberOf, range } from "../support/inputs/numbered_events.ts";
import { queueOf, tellUser, waitingIn } from "../support/inputs/queue_folder.ts";
import { Authority } from "../support/programs/authority.ts";
import { httpsPort } from "../support/programs/binary.ts";
import { OrderedServer } from "../support/programs/ordered_server.ts";
import { Rounds } from "../support/programs/rounds.ts";
import { done, StreamChild } from "../support/programs/stream_child.ts";
import { endToEnd } from "../support/scenes/end_to_end.ts";
import { HTTPS } from "../support/scenes/endpoints.ts";

/** The order in which the events of a stream arrive over several connections. */

const authority = await Authority.create();
const identity = await authority.issue();

/** How many requests the server lets come before it answers them together: as many as the stream has under way. */
const ROUNDS = [1, 2, 3, ...Array<number>(8).fill(4)];
const EVENTS = 500 * ROUNDS.reduce((sum, count) => sum + count);

endToEnd("a stream's events arrive in their order over four connections", HTTPS, async (here) => {
  const SSL_CERT_FILE = `${here.folder}/ours.pem`;
  await Deno.writeTextFile(SSL_CERT_FILE, authority.pem);
  await tellUser(here.home);
  const rounds = new Rounds(ROUNDS);
  const server = new OrderedServer(identity, httpsPort(), rounds);
  try {
    const child = new StreamChild(here, { env: { SSL_CERT_FILE }, longestMs: 120_000 });
    await child.write(eventLines(0, EVENTS));
    assertEquals(await child.close(), done({ accepted: EVENTS, delivered: EVENTS }));
    assertEquals(rounds.most, 4);
    assertEquals((await server.reports()).map(numberOf), range(0, EVENTS));
    assertEquals(await waitingIn(queueOf(here.home)), []);
  } finally {
    await server.close();
  }
});
