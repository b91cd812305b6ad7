import { assertEquals, assertStringIncludes } from "@std/assert";
import { everythingIn } from "../../support/inputs/folders.ts";
import { fake, fakeUname, FILE, PROGRAM, refuses, scene, sha256 } from "../../support/programs/installer.ts";
import { brokenOff } from "../../support/programs/release_server.ts";

scene("installs the newest release into ~/.local/bin", async ({ server, home, install }) => {
  const { code, out, err } = await install();
  const target = `${home}/.local/bin/rasa-telemetry`;
  const words = [
    `Downloading ${server.url}/latest/download/${FILE}`,
    `Installed rasa-telemetry 0.1.0 as ${target}`,
    "(the checksum alone was compared, because this gh can't verify attestations)",
    `That folder is not on your PATH; add it with: export PATH="${home}/.local/bin:$PATH"`,
  ];
  assertEquals([code, out, err], [0, `${words.join("\n")}\n`, ""]);
  assertEquals(server.requests, ["latest/download/SHA256SUMS", `latest/download/${FILE}`]);
  assertEquals(await everythingIn(home), [".local", ".local/bin", ".local/bin/rasa-telemetry"]);
  assertEquals(await Deno.readFile(target), PROGRAM);
  assertEquals(((await Deno.stat(target)).mode ?? 0) & 0o777, 0o755);
});

for (const version of ["0.1.0", "v0.1.0"]) {
  scene(`installs the release ${version} where --dir says, replacing what is there`, async (machine) => {
    const dir = `${machine.home}/my tools/bin`;
    await Deno.mkdir(dir, { recursive: true });
    await Deno.writeTextFile(`${dir}/rasa-telemetry`, "an older one");
    const { code, out } = await machine.install(["--version", version, "--dir", dir], {
      PATH: `${Deno.env.get("PATH")}:${dir}`,
    });
    assertEquals([code, out.split("\n").slice(1)], [0, [
      `Installed rasa-telemetry 0.1.0 as ${dir}/rasa-telemetry`,
      "(the checksum alone was compared, because this gh can't verify attestations)",
      "",
    ]]);
    assertEquals(machine.server.requests, ["download/v0.1.0/SHA256SUMS", `download/v0.1.0/${FILE}`]);
    assertEquals(await everythingIn(machine.home), ["my tools", "my tools/bin", "my tools/bin/rasa-telemetry"]);
    assertEquals(await Deno.readFile(`${dir}/rasa-telemetry`), PROGRAM);
  });
}

const OTHER = new TextEncoder().encode("#!/bin/sh\necho something else\n");

for (
  const [what, file, answer, message] of [
    ["a binary with another checksum", FILE, () => new Response(OTHER), /its SHA-256 is\n {2}[0-9a-f]{64} instead of/],
    ["half a binary", FILE, () => new Response(PROGRAM.subarray(0, 40)), /is not what the release has/],
    ["an empty binary", FILE, () => new Response(""), /is not what the release has/],
    ["a download that breaks off", FILE, () => brokenOff(PROGRAM), /can't be downloaded: (?!no reason)/],
    ["a list that breaks off", "SHA256SUMS", () => brokenOff(PROGRAM), /SHA256SUMS can't be downloaded: (?!no reason)/],
    ["a list without this file", "SHA256SUMS", () => new Response(`${"0".repeat(64)}  x\n`), /has 0 checksums for/],
    ["an empty list", "SHA256SUMS", () => new Response(""), /has 0 checksums for/],
    [
      "a list with two checksums",
      "SHA256SUMS",
      () => new Response(`${"0".repeat(64)}  ${FILE}\n${"1".repeat(64)} *${FILE}`),
      /has 2 checksums for/,
    ],
    ["a checksum that is too short", "SHA256SUMS", () => new Response(`abc  ${FILE}\n`), /has no SHA-256 for.*"abc"/],
    [
      "a checksum of other letters",
      "SHA256SUMS",
      () => new Response(`${"z".repeat(64)}  ${FILE}\n`),
      /has no SHA-256 for/,
    ],
    ["a missing binary", FILE, () => new Response("no", { status: 404 }), /can't be downloaded: .*404/],
    ["a missing list", "SHA256SUMS", () => new Response("no", { status: 404 }), /can't be downloaded: .*404/],
    ["a broken server", FILE, () => new Response("no", { status: 500 }), /can't be downloaded: .*500/],
  ] as const
) {
  scene(`refuses ${what}`, async (machine) => {
    machine.server.files.set(file, answer);
    await refuses(machine, message);
  });
}

scene("refuses a version that doesn't exist", async (machine) => {
  await refuses(machine, /download\/v9\.9\.9\/SHA256SUMS can't be downloaded: .*404/, { args: ["--version", "9.9.9"] });
});

scene("says so where the server is down", async (machine) => {
  using gone = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const url = `http://127.0.0.1:${gone.addr.port}`;
  gone.close();
  await refuses(machine, /can't be downloaded: (?!no reason)/, { args: ["--base-url", url] });
});

scene("refuses a binary that doesn't start here, with what it says", async (machine) => {
  const broken = new TextEncoder().encode("#!/bin/sh\necho 'libgcc_s.so.1: not found' >&2\nexit 127\n");
  const list = `${await sha256(broken)}  ${FILE}\n`;
  machine.server.files.set("SHA256SUMS", () => new Response(list));
  machine.server.files.set(FILE, () => new Response(broken));
  await refuses(machine, /doesn't start here:\nlibgcc_s.so.1: not found\nIt runs on Linux with glibc/);
});

for (
  const [system, processor, message] of [
    [
      "SunOS",
      "sun4v",
      /no binary for SunOS; it runs on Linux with glibc 2\.27 or newer \(x64, arm64\), macOS .*Windows/,
    ],
    ["FreeBSD", "amd64", /no binary for FreeBSD; it runs on/],
    ["Linux", "i686", /no binary for Linux on i686; it runs on/],
    ["Linux", "armv7l", /no binary for Linux on armv7l; it runs on/],
    ["Darwin", "ppc64", /no binary for Darwin on ppc64; it runs on/],
    ["MINGW64_NT-10.0-19045", "x86_64", /this is Windows .*install\.ps1/],
  ] as const
) {
  scene(`names what is supported on ${system} on ${processor}`, async (machine) => {
    await fakeUname(machine, system, processor);
    await refuses(machine, message);
    assertEquals(machine.server.requests, []);
  });
}

for (
  const [system, processor, translated, file] of [
    ["Linux", "x86_64", "", "rasa-telemetry-linux-x64"],
    ["Linux", "aarch64", "", "rasa-telemetry-linux-arm64"],
    ["Darwin", "x86_64", "0", "rasa-telemetry-macos-x64"],
    ["Darwin", "x86_64", "1", "rasa-telemetry-macos-arm64"],
    ["Darwin", "arm64", "", "rasa-telemetry-macos-arm64"],
  ] as const
) {
  const how = translated === "1" ? ", translated," : "";
  scene(`takes ${file} on ${system} on ${processor}${how}`, async (machine) => {
    await fakeUname(machine, system, processor);
    await fake(machine, "sysctl", `echo ${translated}`);
    assertEquals((await machine.install()).code, 0);
    assertEquals(machine.server.requests[1], `latest/download/${file}`);
  });
}

for (
  const [what, getconf, ldd, message] of [
    ["musl", "exit 1", "echo 'musl libc (x86_64)' >&2; exit 1", /has the C library musl/],
    ["glibc 2.17", "echo 'glibc 2.17'", "exit 1", /has glibc 2\.17, and the binary needs 2\.27 or newer/],
    ["glibc 2.26", "echo 'glibc 2.26'", "exit 1", /has glibc 2\.26, and/],
  ] as const
) {
  scene(`refuses ${what} with the reason`, async (machine) => {
    await fakeUname(machine, "Linux", "x86_64");
    await fake(machine, "getconf", getconf);
    await fake(machine, "ldd", ldd);
    await refuses(machine, message);
    assertEquals(machine.server.requests, []);
  });
}

for (const [version, answer] of [["2.27", 0], ["2.100", 0], ["3.0", 0], ["2.9", 1], ["1.9", 1]] as const) {
  scene(`${answer === 0 ? "takes" : "refuses"} glibc ${version}`, async (machine) => {
    await fakeUname(machine, "Linux", "x86_64");
    await fake(machine, "getconf", `echo 'glibc ${version}'`);
    assertEquals((await machine.install()).code, answer);
  });
}

for (
  const [what, args, env, message] of [
    ["an unknown option", ["--prefix", "/usr"], {}, /unknown argument "--prefix"; --help shows/],
    ["an option without its value", ["--dir"], {}, /--dir needs a value/],
    ["a version that is none", ["--version", "../../x"], {}, /"\.\.\/\.\.\/x" isn't a version/],
    [
      "a mirror without encryption",
      ["--base-url", "http://mirror.example"],
      {},
      /"http:\/\/mirror.example" isn't an https/,
    ],
    ["a mirror that only looks local", ["--base-url", "http://localhost:x@mirror.example"], {}, /hides where it leads/],
    ["a mirror that begins alike", ["--base-url", "http://localhost.example"], {}, /isn't an https:\/\/ address/],
    ["a missing home", [], { HOME: "" }, /HOME is not set.*give --dir FOLDER/],
  ] as const
) {
  scene(`refuses ${what} as bad usage`, async (machine) => {
    await refuses(machine, message, { args, env, code: 2 });
    assertEquals(machine.server.requests, []);
  });
}

scene("names what to do where the folder can't be written", async (machine) => {
  // Not even root writes there.
  const dir = Deno.build.os === "linux" ? "/proc/rasa/bin" : "/System/rasa/bin";
  await refuses(machine, /can't be written; give a folder that can with --dir FOLDER\n$/, { args: ["--dir", dir] });
  await refuses(machine, /\.local\/bin\/rasa-telemetry isn't a folder/, {
    args: ["--dir", `${machine.home}/.local/bin/rasa-telemetry/bin`],
  });
  assertEquals(machine.server.requests, []);
});

scene("refuses to replace a folder", async ({ home, install, server }) => {
  await Deno.mkdir(`${home}/.local/bin/rasa-telemetry`, { recursive: true });
  const { code, err } = await install();
  assertEquals([code, err], [
    1,
    `Cannot install rasa-telemetry: ${home}/.local/bin/rasa-telemetry is a folder; remove it, or give --dir FOLDER\n`,
  ]);
  assertEquals(server.requests, []);
});

scene("shows its help", async ({ install, server }) => {
  const { code, out, err } = await install(["--help"]);
  assertEquals([code, err, server.requests], [0, "", []]);
  for (const word of ["--version VERSION", "--dir FOLDER", "--base-url URL", "--checksum-only", "Exit codes"]) {
    assertStringIncludes(out, word);
  }
});
