import { assertEquals, assertThrows } from "@std/assert";
import { compareVersions, readExecutable } from "../../scripts/executable.ts";
import { makeElf, makeMachO, makePe } from "../support/programs/executables.ts";

Deno.test("readExecutable reads what an ELF file asks for", () => {
  const needs = { machine: "arm64", libraries: ["libgcc_s.so.1", "libc.so.6"], glibc: ["2.9", "2.27", "2.3.4"] };
  assertEquals(readExecutable(makeElf(needs)), {
    format: "ELF",
    machine: "arm64",
    interpreter: "/lib64/ld-linux-x86-64.so.2",
    libraries: ["libgcc_s.so.1", "libc.so.6"],
    glibc: "2.27",
  });
});

Deno.test("readExecutable takes an ELF file that asks for nothing", () => {
  assertEquals(readExecutable(makeElf({ machine: "x64", libraries: [], glibc: [] })), {
    format: "ELF",
    machine: "x64",
    interpreter: "/lib64/ld-linux-x86-64.so.2",
    libraries: [],
    glibc: undefined,
  });
});

for (const machine of ["x64", "arm64"]) {
  for (const how of ["newer", "older"] as const) {
    Deno.test(`readExecutable reads the oldest macOS that a file for ${machine} says in the ${how} way`, () => {
      assertEquals(readExecutable(makeMachO(machine, how)), { format: "Mach-O", machine, macos: "11.3" });
    });
  }
  Deno.test(`readExecutable reads a Windows file for ${machine}`, () => {
    assertEquals(readExecutable(makePe(machine)), { format: "PE", machine });
  });
}

Deno.test("readExecutable reads the program that runs this test", async () => {
  const { format, machine } = readExecutable(await Deno.readFile(Deno.execPath()));
  assertEquals([format, machine], [
    { linux: "ELF", darwin: "Mach-O", windows: "PE" }[Deno.build.os as string],
    Deno.build.arch === "aarch64" ? "arm64" : "x64",
  ]);
});

for (
  const [what, bytes] of [
    ["nothing", new Uint8Array()],
    ["three bytes", new Uint8Array([0x7f, 0x45, 0x4c])],
    ["half an ELF file", makeElf({ machine: "x64" }).subarray(0, 80)],
    ["half a Mach-O file", makeMachO("x64").subarray(0, 40)],
    ["half a PE file", makePe("x64").subarray(0, 60)],
    ["a script", new TextEncoder().encode("#!/bin/sh\nexit 0\n")],
    ["an ELF file of 32 bits", makeElf({ machine: "x64" }).with(4, 1)],
    ["a PE file without its header", makePe("x64").with(64, 0)],
  ] as const
) {
  Deno.test(`readExecutable refuses ${what}`, () => {
    assertThrows(() => readExecutable(bytes), Error, "Cannot read the executable: ");
  });
}

for (
  const [one, other, sign] of [
    ["2.27", "2.27", 0],
    ["2.9", "2.27", -1],
    ["2.100", "2.27", 1],
    ["3.0", "2.27", 1],
    ["2.3.4", "2.3", 1],
  ] as const
) {
  Deno.test(`compareVersions says ${sign} of ${one} and ${other}`, () => {
    assertEquals(Math.sign(compareVersions(one, other)), sign);
  });
}
