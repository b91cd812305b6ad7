import { assertEquals } from "@std/assert";
import { QUEUE_ONLY, queueOf } from "../support/inputs/queue_folder.ts";
import { CAN_MOUNT, IS_ROOT, ON_POSIX } from "../support/programs/conditions.ts";
import { withMounts } from "../support/programs/mounts.ts";
import { asNobody } from "../support/programs/other_user.ts";
import { endToEnd } from "../support/scenes/end_to_end.ts";

/** Homes that are not like ours: files that are mounted, other people's folders, and files that never stand still. */

const STATUS = ["status", "--json"];
const ON = { RASA_TELEMETRY_ENABLED: "true" };

endToEnd(
  "a global.yml that is mounted as a single file leaves one id, keeps a no beside it, and says that a yes can't be stored",
  { needs: CAN_MOUNT },
  async (here) => {
    const script = 'mount -t tmpfs tmpfs "$1" && mkdir -p "$1/.config/rasa" && cd "$1/.config/rasa" && ' +
      "touch global.yml ../global.yml && mount --bind ../global.yml global.yml";
    await withMounts(here, script, async ({ wrap }) => {
      const idOf = async () => JSON.parse((await here.run(STATUS, { wrap })).out).machineId;
      assertEquals((await here.run(["track", "Shell Started", "--timeout", "0"], { wrap, env: ON })).code, 0);
      const ids = [await idOf(), await idOf(), await idOf()];
      assertEquals([new Set(ids).size, /^[0-9a-f]{32}$/.test(ids[0])], [1, true]);
      const enable = await here.run(["enable"], { wrap });
      assertEquals([enable.code, enable.out], [2, ""]);
      assertEquals(
        /Cannot change \S+global\.yml: EBUSY; set RASA_TELEMETRY_ENABLED/.test(enable.err),
        true,
        enable.err,
      );
      const disable = await here.run(["disable"], { wrap });
      assertEquals([disable.code, /EBUSY; the choice is kept in \S+telemetry instead/.test(disable.err)], [0, true]);
      const { enabled, decidedBy } = JSON.parse((await here.run(STATUS, { wrap })).out);
      assertEquals([enabled, decidedBy], [false, "configuration"]);
    });
  },
);

endToEnd(
  "status names the folder, its owner and its mode where another user's telemetry is there, and nothing in it",
  { needs: { met: IS_ROOT, reason: "needs a second user" } },
  async (here) => {
    const user = await asNobody(here);
    assertEquals((await here.run(["enable"])).code, 0);
    const { err, out } = await here.run(["status"], { user });
    assertEquals([err, out.startsWith("Telemetry is off.\n")], [
      `rasa-telemetry: ${queueOf(here.home)} is closed to this user (it is user 0's, with mode 700), ` +
      "so telemetry is off; give it to this user, or set RASA_TELEMETRY_HOME\n",
      true,
    ]);
    const forced = await here.run(["status"], { user, env: ON });
    assertEquals(forced.err.split("\n").filter((line) => line.includes("is closed to this user")).length, 1);
  },
);

endToEnd(
  "what is there keeps its owner, group and mode where root changes it with a user's HOME",
  { needs: { met: IS_ROOT, reason: "needs a second user" } },
  async (here) => {
    const folder = `${here.home}/.config/rasa`;
    await Deno.mkdir(folder, { recursive: true });
    await Deno.writeTextFile(`${folder}/global.yml`, "metrics:\n  enabled: false\n");
    await Deno.chmod(`${folder}/global.yml`, 0o664);
    for (const path of [`${here.home}/.config`, folder, `${folder}/global.yml`]) await Deno.chown(path, 1234, 1234);
    assertEquals((await here.run(["enable"])).code, 0);
    const look = async (path: string) => {
      const { uid, gid, mode } = await Deno.stat(path);
      return [uid, gid, ((mode ?? 0) & 0o777).toString(8)];
    };
    assertEquals(await look(`${folder}/global.yml`), [1234, 1234, "664"]);
    assertEquals((await look(`${here.home}/.config`)).slice(0, 2), [1234, 1234]);
  },
);

endToEnd(
  "200 readers beside a program that replaces global.yml all the time: telemetry stays on, under one id",
  { needs: ON_POSIX, endpoint: "nobody" },
  async (here) => {
    assertEquals((await here.run(["enable"])).code, 0);
    const file = `${here.home}/.config/rasa/global.yml`;
    const text = await Deno.readTextFile(file);
    const { machineId } = JSON.parse((await here.run(STATUS)).out);
    let [over, replaced] = [false, 0];
    const writer = (async () => {
      while (!over) {
        await Deno.writeTextFile(`${file}.other`, `${text}# ${"x".repeat(replaced++ % 2 * 5_000)}\n`);
        await Deno.rename(`${file}.other`, file);
      }
    })();
    const seen = new Set<string>();
    const read = async () => {
      const { code, out, err } = await here.run(STATUS);
      const now = JSON.parse(out || "{}");
      seen.add(JSON.stringify([code, err, now.enabled, now.permission, now.machineId]));
    };
    for (let round = 0; round < 25; round++) await Promise.all(Array.from({ length: 8 }, read));
    over = true;
    await writer;
    assertEquals([...seen], [JSON.stringify([0, "", true, "asked", machineId])]);
    assertEquals(replaced > 200, true, `replaced only ${replaced} times`);
    assertEquals((await here.run(QUEUE_ONLY)).code, 0);
  },
);
