import { assertEquals, assertLess } from "@std/assert";
import { findPolicy, isWithoutOpinion, policyPlaces } from "../../lib/consent/policy.ts";
import { denoHost } from "../../lib/host/deno_host.ts";
import { FileFault } from "../../lib/host/host.ts";
import { ON_POSIX } from "../support/programs/conditions.ts";
import { MemoryHost, type MemoryHostOptions } from "../support/machine/memory_host.ts";

const MACHINE = "/etc/rasa/telemetry.yml";
const PROJECT = "/home/ada/work/bot/.rasa-telemetry.yml";

/** Texts of a policy that are no opinion. */
const SILENT = [
  "enabled: true",
  "enabled: true\n",
  "enabled: true\r\n",
  "enabled: true\r",
  "enabled:   true \t\n",
  "\uFEFFenabled: true\n",
  "---\nenabled: true\n",
  "--- # ours\n# why\nenabled: true # no opinion\n\n",
  "\n \t\n# Grüße, 你好 🎉\n  # indented\r\n\t# enabled: false\nenabled: true",
  "#\nenabled: true #",
];

/** Texts that are a no. */
const NOES = [
  "",
  "\n",
  "# enabled: true\n",
  "---\n",
  "enabled: false\n",
  "enabled:\n",
  "enabled: \n  true\n",
  "enabled:true\n",
  "enabled:\ttrue\n",
  "enabled : true\n",
  " enabled: true\n",
  "enabled: true#\n",
  "enabled: True\n",
  "enabled: yes\n",
  "enabled: 1\n",
  "enabled: 'true'\n",
  'enabled: "true"\n',
  '"enabled": true\n',
  "enabled: !!bool true\n",
  "enabled: &yes true\n",
  "{enabled: true}\n",
  '{"enabled": true}\n',
  "Enabled: true\n",
  "enable: true\n",
  "telemetry:\n  enabled: true\n",
  "enabled: true\nenabled: true\n",
  "enabled: true\nenabled: false\n",
  "enabled: true\nreason: none\n",
  "enabled: true\n...\n",
  "---\n---\nenabled: true\n",
  "enabled: true\n---\n",
  "%YAML 1.2\n---\nenabled: true\n",
  "enabled: true\n---\nenabled: false\n",
  "# a comment to one reader\u0085enabled: false\nenabled: true\n",
  "# a comment to one reader\u2028enabled: false\nenabled: true\n",
  "# a comment to one reader\u2029enabled: false\nenabled: true\n",
  "# a comment\0\nenabled: true\n",
  "enabled: true\0\n",
  "\uFEFF\uFEFFenabled: true\n",
  "enabled: true\u00a0\n",
];

for (const text of SILENT) {
  Deno.test(`findPolicy takes ${JSON.stringify(text)} for no opinion`, () => {
    assertEquals(findIn({ [MACHINE]: text }), undefined);
  });
}

for (const text of NOES) {
  Deno.test(`findPolicy takes ${JSON.stringify(text)} for a no`, () => {
    assertEquals(findIn({ [MACHINE]: text }), MACHINE);
  });
}

Deno.test("isWithoutOpinion answers at once for long lines of white space and comments", () => {
  const began = performance.now();
  for (const part of [" ", "\t#", "# ", " #\n", "---\n", "enabled: true ", "enabled: true\n"]) {
    assertEquals(isWithoutOpinion(`${part.repeat(20_000)}!`), false);
  }
  assertLess(performance.now() - began, 1_000);
});

const OTHER_FILES: readonly (readonly [string, string | Uint8Array])[] = [
  ["that is no UTF-8", new Uint8Array([...new TextEncoder().encode("enabled: true # "), 0xff])],
  ["in UTF-16", new Uint8Array([0xff, 0xfe, ...[..."enabled: true"].flatMap((letter) => [letter.charCodeAt(0), 0])])],
  ["of more than 64 KiB", "enabled: true\n".padEnd(64 * 1024 + 1, "\n")],
];

for (const [what, content] of OTHER_FILES) {
  Deno.test(`findPolicy takes a file ${what} for a no`, () => {
    assertEquals(findIn({ [PROJECT]: content }), PROJECT);
  });
}

Deno.test("findPolicy reads a file of 64 KiB", () => {
  assertEquals(findIn({ [PROJECT]: "enabled: true\n".padEnd(64 * 1024, "\n") }), undefined);
});

for (const code of ["EACCES", "EPERM", "EIO", "ELOOP", "ENAMETOOLONG", "ESTALE", "NotCapable", "Unknown"]) {
  Deno.test(`findPolicy takes a policy for a no where looking at it fails with ${code}`, () => {
    assertEquals(findWithFault(code), PROJECT);
  });
}

for (const code of ["ENOENT", "ENOTDIR"]) {
  Deno.test(`findPolicy takes a policy for none where looking at it fails with ${code}`, () => {
    assertEquals(findWithFault(code), undefined);
  });
}

/** Which policies exist, where the working folder is and how far up they are looked for. */
const SEARCHES: readonly {
  readonly what: string;
  readonly files: Readonly<Record<string, string>>;
  readonly from?: string;
  readonly mounts?: Readonly<Record<string, number>>;
  readonly homeFolder?: string;
  readonly found: string | undefined;
}[] = [
  { what: "nothing where there is no policy", files: {}, found: undefined },
  { what: "the one in the working folder", files: { [PROJECT]: "" }, found: PROJECT },
  {
    what: "the one in a folder above",
    files: { "/home/ada/work/.rasa-telemetry.yml": "" },
    found: "/home/ada/work/.rasa-telemetry.yml",
  },
  {
    what: "the machine's before the project's",
    files: { [MACHINE]: "no", [PROJECT]: "no" },
    found: MACHINE,
  },
  {
    what: "the one above another without an opinion",
    files: { [MACHINE]: "enabled: true", [PROJECT]: "enabled: true", "/home/ada/work/.rasa-telemetry.yml": "no" },
    found: "/home/ada/work/.rasa-telemetry.yml",
  },
  {
    what: "the one in the repository's root",
    files: { "/home/ada/work/.git/HEAD": "", "/home/ada/work/.rasa-telemetry.yml": "" },
    found: "/home/ada/work/.rasa-telemetry.yml",
  },
  {
    what: "none above the repository's root",
    files: { "/home/ada/work/.git/HEAD": "", "/home/ada/.rasa-telemetry.yml": "" },
    found: undefined,
  },
  {
    what: "none above a worktree or submodule, whose .git is a file",
    files: { "/home/ada/work/bot/.git": "gitdir: ...", "/home/ada/work/.rasa-telemetry.yml": "" },
    found: undefined,
  },
  {
    what: "the one in the user's home folder",
    files: { "/home/ada/.rasa-telemetry.yml": "" },
    found: "/home/ada/.rasa-telemetry.yml",
  },
  {
    what: "none above the user's home folder",
    files: { "/home/.rasa-telemetry.yml": "" },
    homeFolder: "/home/ada/",
    found: undefined,
  },
  {
    what: "the one above the user's home folder where the repository begins there",
    files: { "/home/.git/HEAD": "", "/home/.rasa-telemetry.yml": "" },
    found: "/home/.rasa-telemetry.yml",
  },
  {
    what: "the one at / outside the user's home folder",
    files: { "/.rasa-telemetry.yml": "", "/srv/bot/domain.yml": "" },
    from: "/srv/bot",
    found: "/.rasa-telemetry.yml",
  },
  {
    what: "the one at / where the home folder has no usable name",
    files: { "/.rasa-telemetry.yml": "" },
    homeFolder: "home/ada",
    found: "/.rasa-telemetry.yml",
  },
  {
    what: "none on another device",
    files: { "/home/ada/.rasa-telemetry.yml": "" },
    mounts: { "/home/ada/work": 7 },
    found: undefined,
  },
  {
    what: "the one where the device begins",
    files: { "/home/ada/work/.rasa-telemetry.yml": "" },
    mounts: { "/home/ada/work": 7 },
    found: "/home/ada/work/.rasa-telemetry.yml",
  },
  {
    what: "none behind another device, on the first one again",
    files: { "/.rasa-telemetry.yml": "", "/srv/data/bot/domain.yml": "" },
    from: "/srv/data/bot",
    mounts: { "/srv": 7, "/srv/data": 1 },
    found: undefined,
  },
  { what: "none of a relative folder", files: { "/.rasa-telemetry.yml": "" }, from: "bot", found: undefined },
];

for (const { what, files, from = "/home/ada/work/bot", mounts = {}, homeFolder = "/home/ada", found } of SEARCHES) {
  Deno.test(`findPolicy finds ${what}`, () => {
    const host = machine({ files });
    for (const [path, device] of Object.entries(mounts)) host.files.mounts.set(path, device);
    assertEquals(findPolicy(host, policyPlaces(host, from, homeFolder)), found);
  });
}

Deno.test("policyPlaces looks for the machine's policy alone where the working folder isn't known", () => {
  assertEquals(policyPlaces(machine({}), undefined, "/home/ada"), [MACHINE]);
});

Deno.test("policyPlaces ends after 40 folders", () => {
  const names = Array.from({ length: 41 }, (_, index) => `f${index}`);
  const host = machine({ files: { [`/${names.join("/")}/domain.yml`]: "", "/f0/.git/HEAD": "" } });
  const places = policyPlaces(host, `/${names.join("/")}`, "/home/ada");
  assertEquals([places.length, places[1], places.at(-1)], [
    41,
    `/${names.join("/")}/.rasa-telemetry.yml`,
    "/f0/f1/.rasa-telemetry.yml",
  ]);
});

Deno.test("policyPlaces goes on where a folder's device or repository can't be told", () => {
  const host = machine({});
  host.files.before = ({ path }) => {
    if (path === "/home/ada/work" || path.endsWith("/.git")) throw new FileFault("look at a path", "EIO");
  };
  assertEquals(policyPlaces(host, "/home/ada/work/bot", "/home/ada"), [
    MACHINE,
    PROJECT,
    "/home/ada/work/.rasa-telemetry.yml",
    "/home/ada/.rasa-telemetry.yml",
  ]);
});

for (
  const [folder, path] of [
    [undefined, "C:\\ProgramData\\rasa\\telemetry.yml"],
    ["", "C:\\ProgramData\\rasa\\telemetry.yml"],
    ["data", "C:\\ProgramData\\rasa\\telemetry.yml"],
    ["D:\\\uFFFD", "C:\\ProgramData\\rasa\\telemetry.yml"],
    ["D:\\Data", "D:\\Data\\rasa\\telemetry.yml"],
  ] as const
) {
  Deno.test(`policyPlaces takes ${path} for the machine's policy on Windows where ProgramData is ${folder}`, () => {
    const host = machine({ system: { name: "Windows" }, env: folder === undefined ? {} : { ProgramData: folder } });
    assertEquals(policyPlaces(host, undefined, undefined), [path]);
  });
}

Deno.test("policyPlaces reads no variable but on Windows, and findPolicy none", () => {
  const host = machine({});
  const places = policyPlaces(host, "/home/ada/work/bot", "/home/ada");
  host.relinquish();
  assertEquals([findPolicy(host, places), host.asked], [undefined, []]);
});

Deno.test("findPolicy sees a policy that is made later, and one that is taken back", () => {
  const host = machine({});
  const places = policyPlaces(host, "/home/ada/work/bot", "/home/ada");
  const found = [findPolicy(host, places)];
  host.files.plant(PROJECT, "enabled: false\n");
  found.push(findPolicy(host, places));
  host.files.plant(PROJECT, "enabled: true\n");
  found.push(findPolicy(host, places));
  assertEquals(found, [undefined, PROJECT, undefined]);
});

Deno.test("findPolicy asks once for each place where there is no policy", () => {
  const host = machine({});
  const places = policyPlaces(host, "/home/ada/work/bot", "/home/ada");
  const before = host.files.operations.length;
  findPolicy(host, places);
  assertEquals(host.files.operations.slice(before), places.map((path) => ({ action: "read", path })));
});

/** What stands in a policy's place on a real disk, made by a shell with the path as `$1`. */
const REAL: readonly (readonly [what: string, script: string, isNo: boolean])[] = [
  ["a file that says enabled: true", 'echo "enabled: true" > "$1"', false],
  ["an empty file", ': > "$1"', true],
  ["a folder", 'mkdir "$1"', true],
  ["a pipe", 'mkfifo "$1"', true],
  ["a link to a file that says enabled: true", 'echo "enabled: true" > "$1.real"; ln -s "$1.real" "$1"', true],
  ["a link that leads nowhere", 'ln -s "$1.real" "$1"', true],
  ["a link to itself", 'ln -s "$1" "$1"', true],
  ["a link to a pipe", 'mkfifo "$1.real"; ln -s "$1.real" "$1"', true],
  ["nothing", ":", false],
];

for (const [what, script, isNo] of ON_POSIX.met ? REAL : []) {
  Deno.test(`findPolicy takes ${what} for ${isNo ? "a no" : "no opinion"}, on a real disk`, async () => {
    const folder = await Deno.makeTempDir({ prefix: "rasa-telemetry-test-" });
    try {
      await Deno.mkdir(`${folder}/.git`);
      const path = `${folder}/.rasa-telemetry.yml`;
      const { success } = await new Deno.Command("sh", { args: ["-ec", script, "sh", path] }).output();
      const host = denoHost();
      const [, ...places] = policyPlaces(host, folder, undefined);
      assertEquals([success, places, findPolicy(host, places)], [true, [path], isNo ? path : undefined]);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  });
}

function findIn(files: Readonly<Record<string, string | Uint8Array>>): string | undefined {
  const host = machine({ files });
  return findPolicy(host, policyPlaces(host, "/home/ada/work/bot", "/home/ada"));
}

function findWithFault(code: string): string | undefined {
  const host = machine({});
  host.files.before = ({ path }) => {
    if (path === PROJECT) throw new FileFault("read a file", code);
  };
  return findPolicy(host, policyPlaces(host, "/home/ada/work/bot", "/home/ada"));
}

function machine(options: MemoryHostOptions): MemoryHost {
  const host = new MemoryHost(options);
  host.files.plantFolder("/home/ada/work/bot");
  return host;
}
