import { assertEquals } from "@std/assert";
import { FileFault } from "../../lib/host/host.ts";
import { CATALOGUE_VERSION } from "../../lib/report/catalogue.ts";
import { MemoryHost } from "../support/machine/memory_host.ts";
import { ASKED, QUEUE, runHere, runJson } from "../support/scenes/scene.ts";

/** What waits and no delivery takes, and locks that no delivery gets: `status` and `flush` say why. */

async function hostWithOne(): Promise<{ host: MemoryHost; file: string }> {
  const host = new MemoryHost({ files: ASKED });
  await runHere(host, "track", "Shell Started", "--timeout", "0");
  const [name] = host.files.names(QUEUE).filter((name) => /^\d{15}-/.test(name));
  host.err = "";
  return { host, file: `${QUEUE}/${name}` };
}

type Spoil = (host: MemoryHost, file: string) => void;

const rewrite = (from: string, to: string): Spoil => ({ files }, file) =>
  files.plant(file, (files.text(file) ?? "").replace(from, to));

const NOTHING_PASSED = { newer: 0, foreign: 0, unreadable: 0 };
const NEWER = "1 waiting report is written by a newer version of this program: install that to have it sent";

for (
  const [what, spoil, reason, why, code] of [
    ["a newer format", rewrite('"format":1', '"format":2'), "newer", NEWER, 0],
    [
      "a newer catalogue",
      rewrite(`"catalogue":${CATALOGUE_VERSION}`, `"catalogue":${CATALOGUE_VERSION + 1}`),
      "newer",
      NEWER,
      0,
    ],
    [
      "another user's file",
      ({ files }, file) => void files.foreign.add(file),
      "foreign",
      "1 waiting report is another user's, and never sent",
      0,
    ],
    [
      "a file that can't be read",
      (host, file) => {
        host.files.before = ({ action, path }) => {
          if (action === "read" && path === file) throw new FileFault("read a file", "EIO");
        };
      },
      "unreadable",
      "1 waiting report is kept back: the file can't be read just now",
      4,
    ],
  ] as const satisfies readonly (readonly [string, Spoil, keyof typeof NOTHING_PASSED, string, number])[]
) {
  Deno.test(`status and flush say why ${what} stays`, async () => {
    const { host, file } = await hostWithOne();
    spoil(host, file);
    const { queued, passedBy } = await runJson(host, "status");
    assertEquals([queued, passedBy], [1, { ...NOTHING_PASSED, [reason]: 1 }]);
    assertEquals(host.err, `rasa-telemetry: ${why}\n`);
    host.err = "";
    assertEquals([await runHere(host, "flush"), host.err], [code, `0 delivered, 0 rejected, 1 left: ${why}\n`]);
    assertEquals(host.requests, []);
  });
}

Deno.test("flush says of several reports which stay, beside those that left", async () => {
  const { host, file } = await hostWithOne();
  rewrite('"format":1', '"format":2')(host, file);
  await runHere(host, "track", "Shell Started", "--timeout", "0");
  host.err = "";
  assertEquals([await runHere(host, "flush"), host.err], [0, `1 delivered, 0 rejected, 1 left: ${NEWER}\n`]);
});

for (const lock of ["delivery.lock", "sending.lock"]) {
  const path = `${QUEUE}/${lock}`;

  Deno.test(`status says that ${lock} is held by another process while something waits`, async () => {
    const { host } = await hostWithOne();
    assertEquals((await runJson(host, "status"))["delivery"], "free");
    host.files.lockedElsewhere.add(path);
    assertEquals((await runJson(host, "status"))["delivery"], "busy");
    host.out = "";
    await runHere(host, "status");
    assertEquals([/Waiting .*/.exec(host.out)?.[0].includes("; another process is delivering"), host.err], [true, ""]);
  });

  for (
    const [code, words] of [
      ["NotAFile", "it isn't a file; until it is removed"],
      ["ELOOP", "it is a symbolic link; until it is removed"],
      ["EACCES", "its permissions don't allow it; until they do"],
      ["ENOLCK", "the file system has no locks; until RASA_TELEMETRY_HOME names a folder on another one"],
      ["EIO", "until that is repaired"],
    ]
  ) {
    Deno.test(`status says that ${lock} can't be locked (${code}), and that nothing leaves`, async () => {
      const { host } = await hostWithOne();
      host.files.before = (operation) => {
        if (operation.action === "lock" && operation.path === path) throw new FileFault("lock a file", code!);
      };
      assertEquals((await runJson(host, "status"))["delivery"], "impossible");
      assertEquals(host.err, `rasa-telemetry: ${path} can't be locked (${code}): ${words}, nothing leaves\n`);
      assertEquals([await runHere(host, "flush"), host.requests], [4, []]);
    });
  }
}

Deno.test("status makes no lock where there is none", async () => {
  const { host } = await hostWithOne();
  for (const lock of ["delivery.lock", "sending.lock"]) host.files.nodes.delete(`${QUEUE}/${lock}`);
  const before = host.files.names(QUEUE);
  assertEquals([(await runJson(host, "status"))["delivery"], host.files.names(QUEUE)], ["free", before]);
});
