import { assertEquals, assertStringIncludes } from "@std/assert";
import { everythingIn } from "../../support/inputs/folders.ts";
import {
  fake,
  FILE,
  type Machine,
  onlyHas,
  PROGRAM,
  refuses,
  scene,
  sha256,
} from "../../support/programs/installer.ts";

/** Whether the installer installs what was asked for, made where it should be, and what it shows of what others say. */

/** Serves a program that says this of its version, with its checksum. */
async function serve({ server }: Machine, said: string): Promise<void> {
  const program = new TextEncoder().encode(`#!/bin/sh\nprintf '${said}\\n'\n`);
  const list = `${await sha256(program)}  ${FILE}\n`;
  server.files.set("SHA256SUMS", () => new Response(list));
  server.files.set(FILE, () => new Response(program));
}

scene("refuses another version than the one asked for", async (machine) => {
  await serve(machine, "rasa-telemetry 0.0.9");
  await refuses(machine, /download\/v0\.1\.0\/\S+ is version 0\.0\.9, and 0\.1\.0 was asked for\n$/, {
    args: ["--version", "0.1.0"],
  });
  const { code, out } = await machine.install();
  assertEquals([code, out.split("\n")[1]], [
    0,
    `Installed rasa-telemetry 0.0.9 as ${machine.home}/.local/bin/rasa-telemetry`,
  ]);
});

for (const said of ["curl 7.88.1", "rasa-telemetry", "rasa-telemetry ", "rasa-telemetry 1 2", "rasa-telemetry 1\\n2"]) {
  scene(`refuses a program that says "${said}"`, async (machine) => {
    await serve(machine, said);
    await refuses(machine, /doesn't say that it is rasa-telemetry, but "/);
  });
}

/** Characters that a terminal obeys: ESC, BEL, CR, C1's CSI as UTF-8, and a mark that turns the text's direction. */
const OBEYED = "\x1b[2J\x07\r\u009b31m\u202e";

scene("shows nothing that a terminal obeys", async (machine) => {
  machine.server.files.set("SHA256SUMS", () => new Response(`${OBEYED}${"x".repeat(5000)}  ${FILE}\n`));
  await refuses(machine, /has no SHA-256 for.*"\?\[2J\?\?\?\?31m\?\?\?x{1000,1990}"\n$/);
  machine.server.files.set("SHA256SUMS", () => new Response(null, { status: 404, statusText: "No" }));
  await fake(machine, "curl", `printf '${OBEYED}' >&2; exit 1`);
  await refuses(machine, /can't be downloaded: \?\[2J/);
});

scene("shows nothing that a terminal obeys of a binary that doesn't start", async (machine) => {
  await serve(machine, "\\033[2J; exit 3'\nexit 3 #");
  await refuses(machine, /doesn't start here:\n\?\[2J; exit 3\nIt runs on/);
});

/** A gh that can verify attestations, writes down how it was asked, and has these codes for the token and the answer. */
async function fakeGh(machine: Machine, token: number, answer: number, words = ""): Promise<string> {
  const log = `${machine.home}/../gh.log`;
  await fake(
    machine,
    "gh",
    `case "$*" in
      "attestation verify --help") echo '      --signer-workflow string' ;;
      "auth token") exit ${token} ;;
      *) printf '%s ' "$GH_HOST" "$DO_NOT_TRACK" "$@" >>'${log}'; printf '${words}' >&2; exit ${answer} ;;
    esac`,
  );
  return log;
}

scene("has gh verify where the binary was made", async (machine) => {
  const log = await fakeGh(machine, 0, 0);
  const { code, out, err } = await machine.install([], { GH_HOST: "git.example" });
  assertEquals([code, err], [0, ""]);
  assertStringIncludes(out, "\n(gh verified that RasaHQ/rasa-telemetry's release workflow made it)\n");
  const asked = (await Deno.readTextFile(log)).replace(/\S+\/rasa-telemetry(?= --repo)/, "FILE");
  const workflow = "RasaHQ/rasa-telemetry/.github/workflows/release.yml";
  assertEquals(
    asked,
    `github.com 1 attestation verify FILE --repo RasaHQ/rasa-telemetry --signer-workflow ${workflow} `,
  );
});

scene("refuses what gh can't verify, before it starts it", async (machine) => {
  await serve(machine, `rasa-telemetry 0.1.0'; touch '${machine.home}/started`);
  await fakeGh(machine, 0, 1, "no attestations found\\033[2J");
  await refuses(machine, /gh can't verify .* made http\S+:\nno attestations found\?\[2J\nIf gh can't reach GitHub/);
  assertEquals((await everythingIn(machine.home)).includes("started"), false);
});

scene("doesn't ask gh where --checksum-only says so", async (machine) => {
  const log = await fakeGh(machine, 0, 1);
  const { code, out } = await machine.install(["--checksum-only"]);
  assertEquals([code, await Deno.stat(log).catch(() => "not asked")], [0, "not asked"]);
  assertStringIncludes(out, "\n(the checksum alone was compared, as --checksum-only says)\n");
});

for (
  const [what, help, token] of [
    ["this gh can't verify attestations", "echo 'Work with GitHub'", 0],
    ["gh isn't logged in to github.com", "echo --signer-workflow", 1],
  ] as const
) {
  scene(`says that the checksum alone was compared, because ${what}`, async (machine) => {
    await fake(machine, "gh", `case "$*" in *--help) ${help} ;; *token) exit ${token} ;; *) exit 1 ;; esac`);
    const { code, out, err } = await machine.install();
    assertEquals([code, err], [0, ""]);
    assertStringIncludes(out, `\n(the checksum alone was compared, because ${what})\n`);
  });
}

scene("says that the checksum alone was compared, because gh isn't here", async (machine) => {
  const env = await onlyHas(machine, ["curl", "sha256sum"]);
  const { code, out } = await machine.install([], env);
  assertEquals([code, await Deno.readFile(`${machine.home}/.local/bin/rasa-telemetry`)], [0, PROGRAM]);
  assertStringIncludes(out, "\n(the checksum alone was compared, because gh isn't here)\n");
}, { needs: ["curl", "sha256sum"] });
