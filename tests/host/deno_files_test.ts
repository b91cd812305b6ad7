import { assertEquals, assertThrows } from "@std/assert";
import { denoFiles as files } from "../../lib/host/deno_files.ts";
import { until } from "../support/programs/waiting.ts";
import { FileFault, isMissing } from "../../lib/host/host.ts";

const bytes = (text: string) => new TextEncoder().encode(text);
const POSIX = Deno.build.os !== "windows";

function inFolder(name: string, work: (folder: string) => void | Promise<void>): void {
  Deno.test(name, async () => {
    const folder = await Deno.makeTempDir({ prefix: "rasa-telemetry-test-" });
    try {
      await work(folder);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  });
}

function faultOf(work: () => unknown): string {
  return assertThrows(work, FileFault).code;
}

inFolder("create makes a private file with its content, once", (folder) => {
  files.create(`${folder}/a`, bytes("x".repeat(100_000)));
  assertEquals([files.read(`${folder}/a`, 100_000).length, files.stat(`${folder}/a`).size], [100_000, 100_000]);
  if (POSIX) assertEquals(files.stat(`${folder}/a`).mode, 0o600);
  assertEquals(faultOf(() => files.create(`${folder}/a`, bytes("y"))), "EEXIST");
});

inFolder("read refuses what is larger than its limit, missing, or a folder", (folder) => {
  files.create(`${folder}/a`, bytes("four"));
  assertEquals(new TextDecoder().decode(files.read(`${folder}/a`, 4)), "four");
  assertEquals(faultOf(() => files.read(`${folder}/a`, 3)), "TooLarge");
  assertEquals(isMissing(assertThrows(() => files.read(`${folder}/b`, 9))), true);
  assertEquals(isMissing(assertThrows(() => files.read(`${folder}/a/b`, 9))), true);
  assertEquals(faultOf(() => files.read(folder, 9)), "NotAFile");
});

inFolder("append adds to a private file, and makes it", (folder) => {
  files.append(`${folder}/a`, bytes("one,"));
  files.append(`${folder}/a`, bytes("two"));
  assertEquals(new TextDecoder().decode(files.read(`${folder}/a`, 99)), "one,two");
  if (POSIX) assertEquals(files.stat(`${folder}/a`).mode, 0o600);
});

inFolder("rename replaces, remove removes, list lists", (folder) => {
  files.create(`${folder}/a`, bytes("a"));
  files.create(`${folder}/b`, bytes("b"));
  files.rename(`${folder}/a`, `${folder}/b`);
  files.makeDirectory(`${folder}/c/d`);
  files.makeDirectory(`${folder}/c/d`);
  files.sync(folder);
  const entries = files.list(folder).sort((left, right) => left.name < right.name ? -1 : 1);
  assertEquals(entries, [{ name: "b", kind: "file" }, { name: "c", kind: "directory" }]);
  files.remove(`${folder}/b`);
  assertEquals(isMissing(assertThrows(() => files.remove(`${folder}/b`))), true);
  if (POSIX) assertEquals(files.stat(`${folder}/c/d`).mode, 0o700);
});

inFolder("lock is held by one at a time, until it is released", (folder) => {
  const first = files.lock(`${folder}/lock`);
  assertEquals(files.lock(`${folder}/lock`), undefined);
  first?.release();
  const second = files.lock(`${folder}/lock`);
  assertEquals(second === undefined, false);
  second?.release();
});

if (POSIX) {
  inFolder("read follows a link only where it is told to", (folder) => {
    files.create(`${folder}/a`, bytes("a"));
    Deno.symlinkSync(`${folder}/a`, `${folder}/link`);
    assertEquals(faultOf(() => files.read(`${folder}/link`, 9)), "ELOOP");
    assertEquals(new TextDecoder().decode(files.read(`${folder}/link`, 9, true)), "a");
    assertEquals([files.stat(`${folder}/link`).kind, files.stat(`${folder}/link`, true).kind], ["link", "file"]);
  });

  inFolder("create gives exactly the mode that it is told, whatever the mask says", (folder) => {
    const mask = Deno.umask(0o077);
    try {
      for (const mode of [0o600, 0o640, 0o664, 0o666, 0o400]) {
        files.create(`${folder}/${mode}`, bytes("text"), mode);
        assertEquals([files.stat(`${folder}/${mode}`).mode, files.stat(`${folder}/${mode}`).size], [mode, 4]);
        assertEquals(faultOf(() => files.create(`${folder}/${mode}`, bytes("x"), mode)), "EEXIST");
      }
    } finally {
      Deno.umask(mask);
    }
  });

  inFolder("append and lock write through no link, a dangling one either", (folder) => {
    Deno.symlinkSync(`${folder}/target`, `${folder}/link`);
    assertEquals(faultOf(() => files.append(`${folder}/link`, bytes("x"))), "ELOOP");
    assertEquals(faultOf(() => files.lock(`${folder}/link`)), "ELOOP");
    assertEquals(faultOf(() => files.create(`${folder}/link`, bytes("x"))), "EEXIST");
    assertEquals(files.list(folder).map(({ name }) => name), ["link"]);
  });

  inFolder("read, append and lock don't wait for a pipe's other end", async (folder) => {
    const { success } = await new Deno.Command("mkfifo", { args: [`${folder}/pipe`] }).output();
    assertEquals(success, true);
    for (
      const work of [
        () => files.read(`${folder}/pipe`, 9),
        () => files.append(`${folder}/pipe`, bytes("x")),
        () => files.lock(`${folder}/pipe`),
      ]
    ) {
      assertEquals(faultOf(work), "NotAFile");
    }
  });
}

if (POSIX) {
  inFolder("read sees the old file or the new one, however often another process replaces it", async (folder) => {
    files.create(`${folder}/file`, bytes("one"));
    const script = 'cd "$0" && while :; do for text in one two; do echo $text >next && mv next file; done; done';
    const writer = new Deno.Command("sh", { args: ["-c", script, folder], stderr: "null" }).spawn();
    try {
      const seen = new Set<string>();
      const until = performance.now() + 2_000;
      for (let reads = 0; reads < 20_000 || (seen.size < 2 && performance.now() < until); reads++) {
        seen.add(new TextDecoder().decode(files.read(`${folder}/file`, 9)).trim());
      }
      assertEquals([...seen].sort(), ["one", "two"]);
    } finally {
      writer.kill("SIGKILL");
      await writer.status;
      // What the shell had started may still be at work.
      await until("the writer ended", () => files.list(folder).length === 1);
    }
  });

  inFolder("read waits for no pipe that another process puts in a file's place again and again", async (folder) => {
    await Deno.mkdir(`${folder}/kept`);
    files.create(`${folder}/kept/file`, bytes("text"));
    assertEquals((await new Deno.Command("mkfifo", { args: [`${folder}/kept/pipe`] }).output()).success, true);
    files.create(`${folder}/file`, bytes("text"));
    const swap = `for (;;) for (const name of ["pipe", "file"]) {
      Deno.linkSync("kept/" + name, "next");
      Deno.renameSync("next", "file");
    }`;
    const writer = new Deno.Command(Deno.execPath(), { args: ["eval", swap], cwd: folder }).spawn();
    try {
      const seen = new Set<string>();
      const enough = performance.now() + 10_000;
      for (let reads = 0; reads < 20_000 || (seen.size < 2 && performance.now() < enough); reads++) {
        try {
          seen.add(new TextDecoder().decode(files.read(`${folder}/file`, 9)));
        } catch (error) {
          if (!(error instanceof FileFault)) throw error;
          seen.add(error.code);
        }
      }
      seen.delete("EAGAIN");
      assertEquals([...seen].sort(), ["NotAFile", "text"]);
    } finally {
      writer.kill("SIGKILL");
      await writer.status;
    }
  });

  inFolder("makeDirectory makes a folder for its owner alone, and those above it as others make them", (folder) => {
    Deno.mkdirSync(`${folder}/ordinary`);
    files.makeDirectory(`${folder}/above/rasa/telemetry`);
    const modes = ["above", "above/rasa", "above/rasa/telemetry"].map((path) => files.stat(`${folder}/${path}`).mode);
    const ordinary = files.stat(`${folder}/ordinary`).mode;
    assertEquals(modes, [ordinary, ordinary, 0o700]);
  });
}

if (POSIX) {
  inFolder("stat tells files apart by their inode, and says in whole seconds when one changed", (folder) => {
    const began = Math.floor(Date.now() / 1000) * 1000;
    for (const name of ["a", "b"]) files.create(`${folder}/${name}`, bytes(name));
    Deno.linkSync(`${folder}/a`, `${folder}/c`);
    const [a, b, c] = ["a", "b", "c"].map((name) => files.stat(`${folder}/${name}`));
    assertEquals([a?.inode === b?.inode, a?.inode === c?.inode, a?.device], [false, true, b?.device]);
    const changed = a?.changed?.getTime() ?? NaN;
    assertEquals([changed % 1000, changed >= began - 1000 && changed <= Date.now()], [0, true]);
  });
}
