import { assertEquals, assertMatch } from "@std/assert";
import { issuerKey } from "../support/programs/binary.ts";
import { claimsAt, encodePart, LOCKING_SCOPE, makeKeyPair, signToken } from "../support/inputs/licence.ts";
import { endToEnd } from "../support/scenes/end_to_end.ts";

const OFF = { RASA_TELEMETRY_ENABLED: "false" };

endToEnd(
  "status, disable and track under a Developer Edition Extended licence: telemetry stays on, and they say so",
  async ({ collector, run }) => {
    const licence = await signToken(await issuerKey(), claimsAt(new Date(), { scope: LOCKING_SCOPE, company: "Acme" }));
    for (const name of ["RASA_LICENSE", "RASA_PRO_LICENSE"]) {
      const env = { [name]: licence, ...OFF };
      const status = JSON.parse((await run(["status", "--json"], { env })).out);
      assertEquals([status.enabled, status.decidedBy], [true, "licence"]);
      const disable = await run(["disable"], { env });
      assertEquals(disable.code, 3);
      assertMatch(disable.err, /a Developer Edition Extended licence doesn't allow it/);
    }
    const env = { RASA_LICENSE: licence, ...OFF };
    await run(["init"], { env });
    const track = await run(["track", "Shell Started", "--json"], { env });
    assertEquals([JSON.parse(track.out).outcome, track.err.split("\n").length], ["delivered", 2]);
    assertMatch(track.err, /RASA_TELEMETRY_ENABLED says off, but the licence doesn't allow that/);
    const context = collector.reports[0]?.["context"] as Record<string, unknown>;
    assertEquals([context["company"], String(context["license_hash"]).length], ["Acme", 64]);
  },
);

endToEnd(
  "status and track under a licence that is forged, outdated or for something else: it locks nothing and names no company",
  async ({ collector, run }) => {
    const key = await issuerKey();
    const now = Date.now() / 1000;
    const locking = claimsAt(new Date(), { scope: LOCKING_SCOPE });
    const { email: _, ...missing } = locking;
    const licences = {
      "signed by somebody else": await signToken((await makeKeyPair()).privateKey, locking),
      "alg none": `${encodePart({ alg: "none", typ: "JWT" })}.${encodePart(locking)}.`,
      "expired": await signToken(key, { ...locking, exp: Math.floor(now) - 1 }),
      "not yet valid": await signToken(key, { ...locking, nbf: Math.floor(now) + 600 }),
      "a claim is missing": await signToken(key, missing),
      "a claim too many": await signToken(key, { ...locking, admin: true }),
      "a scope that starts like the right one": await signToken(key, {
        ...locking,
        scope: "rasa:prox rasa:pro:champion-server-limitedx",
      }),
      "another product": await signToken(key, { ...locking, scope: "rasa:product rasa:pro:champion-server-limited" }),
      "garbage": "not a licence",
    };
    for (const [name, licence] of Object.entries(licences)) {
      const env = { RASA_LICENSE: licence };
      assertEquals([name, JSON.parse((await run(["status", "--json"], { env: { ...env, ...OFF } })).out).enabled], [
        name,
        false,
      ]);
      await run(["track", "Shell Started"], { env: { ...env, RASA_TELEMETRY_ENABLED: "true" } });
      const context = collector.reports.at(-1)?.["context"] as Record<string, unknown>;
      assertEquals([name, context["company"], String(context["license_hash"]).length], [name, null, 64]);
    }
  },
);
