import { assertEquals, assertThrows } from "@std/assert";
import { parseThread } from "./strace.ts";
import { addressesOf, unexplained } from "./system_calls.ts";

const OPEN = 'AT_FDCWD</project>, "/etc/shadow", O_RDONLY';

/** Lines of strace and the call that each stands for. */
const CALLS: readonly (readonly [line: string, name: string, args: string, result: string])[] = [
  [`openat(${OPEN}) = 3</etc/shadow>`, "openat", OPEN, "3</etc/shadow>"],
  ['access("/x", R_OK)      = -1 ENOENT (No such file)', "access", '"/x", R_OK', "-1 ENOENT (No such file)"],
  ["exit_group(0)                           = ?", "exit_group", "0", "?"],
  // The thread ended within the call: strace writes what it knew when the call began.
  [`openat(${OPEN}) = ?`, "openat", OPEN, "?"],
  [`openat(${OPEN} <detached ...>`, "openat", OPEN, "?"],
  [`openat(${OPEN} <unfinished ...>`, "openat", OPEN, "?"],
  ['statx(3, "/x",  <unfinished ...>) = ?', "statx", '3, "/x", ', "?"],
  [`openat(${OPEN}) = ? <unavailable>`, "openat", OPEN, "? <unavailable>"],
  ["exit_group(0 <detached ...>", "exit_group", "0", "?"],
  ["openat( <detached ...>", "openat", "", "?"],
  // What is in a path ends no call.
  ['unlink("/a) = 0")  = 0', "unlink", '"/a) = 0"', "0"],
  ['unlink("/a\\") = 0") = 0', "unlink", '"/a\\") = 0"', "0"],
  ['unlink("/a <detached ...>") = 0', "unlink", '"/a <detached ...>"', "0"],
  ["fsync(3</a) = 0>) = 0", "fsync", "3</a) = 0>", "0"],
];

for (const [line, name, args, result] of CALLS) {
  Deno.test(`parseThread takes ${line} for a call of ${name}`, () => {
    assertEquals(parseThread(`${line}\n`), [{ name, args, result }]);
    assertEquals(parseThread(`${line}\n\n${line}\n`).length, 2);
  });
}

const NEVER_BEGUN = [
  "???( <detached ...>",
  "????( <detached ...>",
  "???( <unfinished ...>",
  "???()                                   = ?",
  "???( <unfinished ...>) = ?",
];

for (const line of NEVER_BEGUN) {
  Deno.test(`parseThread drops ${line} where a thread ends with it, and nowhere else`, () => {
    const before = `openat(${OPEN}) = ?\n`;
    assertEquals(parseThread(before + line + "\n").map(({ name }) => name), ["openat"]);
    assertThrows(() => parseThread(`${line}\n${before}`), Error, "strace wrote what isn't understood");
  });
}

for (
  const line of [
    "???(",
    "???(3) = 0",
    "openat(",
    `openat(${OPEN}`,
    `openat(${OPEN})`,
    'openat(AT_FDCWD, "/etc/sh',
    "<... openat resumed>) = 3",
    "+++ killed by SIGSYS +++",
    "strace: Process 12 detached",
  ]
) {
  Deno.test(`parseThread throws on ${line}`, () => {
    assertThrows(() => parseThread(`${line}\n`), Error, "strace wrote what isn't understood");
  });
}

/** The program itself, without which a record explains nothing. */
const PROGRAM = 'openat(AT_FDCWD</>, "/opt/rasa-telemetry", O_RDONLY) = 3\n';

function traceOf(record: string): Parameters<typeof unexplained>[0] {
  return { calls: parseThread(PROGRAM + record), out: "", folder: "/test", binary: "/opt/rasa-telemetry" };
}

const ENDS = [") = 3", ") = ?", " <detached ...>", " <unfinished ...>"];

/** Calls that are violations, however they end. */
const VIOLATIONS: readonly (readonly [start: string, found: string])[] = [
  [`openat(${OPEN}`, "read /etc/shadow"],
  ['rename("/test/home/a", "/etc/a"', "write /etc/a"],
  ['unlinkat(5</etc>, "passwd", 0', "write /etc/passwd"],
  ['openat(AT_FDCWD</etc>, "passwd", O_WRONLY', "write /etc/passwd"],
  ["openat(AT_FDCWD</etc>, 0x7ffd12345678, O_RDONLY", "read a path that could not be read"],
  ["unlink(0x7ffd12345678", "write a path that could not be read"],
  ["utimensat(3</etc/passwd>, NULL, NULL, 0", "write /etc/passwd"],
  ["ftruncate(3</etc/passwd>, 0", "write /etc/passwd"],
];

for (const [start, found] of VIOLATIONS) {
  Deno.test(`unexplained finds ${found} in ${start}, however the call ends`, () => {
    for (const end of ENDS) {
      const all = unexplained(traceOf(start + end), [], "write");
      assertEquals([end, all.includes(found)], [end, true]);
    }
  });
}

Deno.test("unexplained takes a path that the kernel could not read either for none", () => {
  const probe = "statx(0</dev/null>, NULL, AT_STATX_SYNC_AS_STAT, STATX_ALL, NULL) = -1 EFAULT (Bad address)";
  assertEquals(unexplained(traceOf(`${probe}\n`), [], "write"), unexplained(traceOf(""), [], "write"));
});

const INET = (address: string) => `{sa_family=AF_INET, sin_port=htons(53), sin_addr=inet_addr("${address}")}`;

/** Calls that reach somebody, and whom. */
const REACHES: readonly (readonly [line: string, addresses: readonly string[]])[] = [
  [`connect(3, ${INET("10.0.0.1")}, 16) = 0`, ["10.0.0.1:53"]],
  [`connect(3, ${INET("10.0.0.1")}, 16 <detached ...>`, ["10.0.0.1:53"]],
  ["connect(3, 0x7ffd12345678, 16) = ?", ["an address that could not be read"]],
  [`sendto(3, "x", 1, 0, ${INET("10.0.0.1")}, 16) = ?`, ["10.0.0.1:53"]],
  ['sendto(3, "x", 1, 0, NULL, 0) = 1', []],
  [
    `sendmmsg(3, [{msg_hdr={msg_name=${INET("10.0.0.1")}}}, {msg_hdr={msg_name=${INET("10.0.0.2")}}}], 2, 0) = 2`,
    ["10.0.0.1:53", "10.0.0.2:53"],
  ],
  ["sendmmsg(3,  <unfinished ...>) = ?", ["an address that could not be read"]],
  ['connect(3, {sa_family=AF_UNIX, sun_path="/run/x"}, 110) = -1 ENOENT', ["/run/x"]],
];

for (const [line, addresses] of REACHES) {
  Deno.test(`addressesOf finds ${JSON.stringify(addresses)} in ${line}`, () => {
    assertEquals(
      addressesOf({ calls: parseThread(`${line}\n`), out: "", folder: "/test", binary: "/opt/rasa-telemetry" }),
      [...addresses],
    );
  });
}
