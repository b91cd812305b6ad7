import { assertEquals, assertMatch } from "@std/assert";
import { everythingIn } from "../../support/inputs/folders.ts";
import {
  BASICS,
  fake,
  FILE,
  findProgram,
  finish,
  INSTALLER,
  onlyHas,
  PROGRAM,
  refuses,
  requested,
  scene,
} from "../../support/programs/installer.ts";
import { brokenOff } from "../../support/programs/release_server.ts";

/** The installer with the programs that machines have and don't have, and when it is interrupted. */

for (const hasher of ["sha256sum", "shasum", "openssl"]) {
  for (const loader of ["curl", "wget"]) {
    scene(`needs only ${loader} and ${hasher}`, async (machine) => {
      const env = await onlyHas(machine, [loader, hasher, ...(hasher === "shasum" ? ["perl", "env"] : [])]);
      assertEquals((await machine.install([], env)).code, 0);
      assertEquals(await Deno.readFile(`${machine.home}/.local/bin/rasa-telemetry`), PROGRAM);
      machine.server.files.set(FILE, () => new Response(PROGRAM.subarray(1)));
      await refuses(machine, /is not what the release has/, { env });
    }, { needs: [hasher, loader] });
  }
}

for (
  const [what, file, answer] of [
    ["a missing file", FILE, () => new Response("no", { status: 404 })],
    ["a download that breaks off", FILE, () => brokenOff(PROGRAM)],
    ["a list that breaks off", "SHA256SUMS", () => brokenOff(PROGRAM)],
  ] as const
) {
  scene(`refuses ${what} with wget too`, async (machine) => {
    const env = await onlyHas(machine, ["wget", "sha256sum"]);
    machine.server.files.set(file, answer);
    await refuses(machine, /can't be downloaded: (?!no reason)/, { env });
  }, { needs: ["wget", "sha256sum"] });
}

scene("names what it needs where nothing can download", async (machine) => {
  const env = await onlyHas(machine, ["sha256sum"]);
  await refuses(machine, /neither curl nor wget is here; install one of them\n$/, { env });
});

scene("installs nothing that it can't verify", async (machine) => {
  const env = await onlyHas(machine, ["curl"]);
  await refuses(machine, /the checksum can't be verified; install sha256sum, shasum or openssl\n$/, { env });
}, { needs: ["curl"] });

scene("needs no more than curl and busybox's programs", async (machine) => {
  const busybox = findProgram("busybox") ?? "";
  for (const name of [...BASICS, "busybox", "sh", "wget", "sha256sum"]) {
    await Deno.symlink(busybox, `${machine.fakes}/${name}`);
  }
  await Deno.symlink(findProgram("curl") ?? "", `${machine.fakes}/curl`);
  const shell = findProgram(machine.shell[0] ?? "") ?? "";
  const argv = [shell, ...machine.shell.slice(1), INSTALLER];
  const { code, err } = await finish(machine.start(argv, { PATH: machine.fakes }));
  assertEquals([code, err], [0, ""]);
  assertEquals(await Deno.readFile(`${machine.home}/.local/bin/rasa-telemetry`), PROGRAM);
}, { needs: ["busybox", "curl"] });

scene("installs when it comes through a pipe", async ({ shell, start, home }) => {
  const child = start([...shell, "-s", "--", "--version", "0.1.0"], {}, "piped");
  await new Blob([await Deno.readFile(INSTALLER)]).stream().pipeTo(child.stdin);
  assertEquals((await finish(child)).code, 0);
  assertEquals(await everythingIn(home), [".local", ".local/bin", ".local/bin/rasa-telemetry"]);
});

scene("does nothing where its own download broke off", async ({ shell, start, home, server }) => {
  const script = await Deno.readTextFile(INSTALLER);
  for (const share of [0.3, 0.6, 0.9, 1]) {
    // All but the last line is the largest part that could be missing unnoticed.
    const part = share === 1 ? script.replace(/main "\$@"\n$/, "") : script.slice(0, script.length * share);
    const child = start([...shell, "-s"], {}, "piped");
    await new Blob([part]).stream().pipeTo(child.stdin);
    assertEquals((await finish(child)).out, "");
    assertEquals([await everythingIn(home), server.requests], [[], []]);
  }
});

scene("leaves nothing when it is interrupted", async ({ shell, start, home, server }) => {
  server.files.set(FILE, () => new Response(new ReadableStream()));
  // With a group of its own, which then gets the signal as a terminal's foreground would.
  const child = start(["setsid", ...shell, INSTALLER]);
  await requested({ server }, 2);
  await new Deno.Command("kill", { args: ["-INT", "--", `-${child.pid}`] }).output();
  assertEquals((await finish(child)).code, 130);
  assertEquals(await everythingIn(home), []);
}, { needs: ["setsid"] });

scene("replaces a binary that is running", async (machine) => {
  const dir = `${machine.home}/bin`;
  await Deno.mkdir(dir);
  // A system refuses to write into a program that runs, so it must be replaced, not overwritten.
  await Deno.copyFile(findProgram("sleep") ?? "", `${dir}/rasa-telemetry`);
  const running = machine.start([`${dir}/rasa-telemetry`, "60"]);
  assertEquals((await machine.install(["--dir", dir])).code, 0);
  assertEquals(await Deno.readFile(`${dir}/rasa-telemetry`), PROGRAM);
  running.kill("SIGKILL");
  assertEquals((await running.output()).signal, "SIGKILL");
  assertEquals(await everythingIn(dir), ["rasa-telemetry"]);
  // Only Linux has it; elsewhere a copy of a system's program may not start.
}, { needs: ["prlimit"] });

scene("says so where programs may not run in the folder", async (machine) => {
  // As a folder mounted with noexec would, but everywhere: what is downloaded is no program of this system.
  await fake(machine, "chmod", "exit 0");
  const { code, err } = await machine.install();
  assertEquals([code, await everythingIn(machine.home)], [1, []]);
  assertMatch(err, /the binary is as the list of checksums says, but doesn't start here:\n.*ermission denied/);
});
