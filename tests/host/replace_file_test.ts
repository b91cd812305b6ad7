import { assertEquals, assertThrows } from "@std/assert";
import { FileFault } from "../../lib/host/host.ts";
import { createNew } from "../../lib/host/replace_file.ts";
import { MemoryHost } from "../support/machine/memory_host.ts";

Deno.test("createNew makes a private file with its content", () => {
  const host = new MemoryHost({});
  host.files.plantFolder("/a");
  createNew(host, "/a/b", "content");
  assertEquals([host.files.text("/a/b"), host.files.stat("/a/b").mode], ["content", 0o600]);
  assertEquals(host.files.names("/a"), ["b"]);
});

Deno.test("createNew leaves alone what is there already", () => {
  const host = new MemoryHost({});
  host.files.plant("/a/b", "somebody's");
  assertEquals(assertThrows(() => createNew(host, "/a/b", "content"), FileFault).code, "EEXIST");
  assertEquals([host.files.text("/a/b"), host.files.names("/a")], ["somebody's", ["b"]]);
});

Deno.test("createNew leaves nothing behind where the content can't be written", () => {
  for (const action of ["create", "rename"]) {
    const host = new MemoryHost({});
    host.files.plantFolder("/a");
    host.files.before = (operation) => {
      const isContent = operation.action === "rename" || operation.path.endsWith(".tmp");
      if (operation.action === action && isContent) throw new FileFault(action, "ENOSPC");
    };
    assertEquals(assertThrows(() => createNew(host, "/a/b", "content"), FileFault).code, "ENOSPC");
    assertEquals(host.files.names("/a"), []);
  }
});
