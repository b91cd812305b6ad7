// deno-lint-ignore-file no-console -- a script talks to the person who started it
import { configure } from "../../lib/build_config.ts";
import { compile } from "../build/compile.ts";
import { makeWheel } from "../build/wheel.ts";
import { freePorts } from "../support/free_ports.ts";
import { claimsAt, LOCKING_SCOPE, makeKeyPair, pemOf, signToken } from "../support/licence_keys.ts";
import { TEST_WRITE_KEY } from "../support/test_build.ts";
import { ask, PIP_OFFLINE } from "../support/venv.ts";
import { findPythons, type Python } from "../toolchain/python.ts";
import { findHostTarget, type Target } from "../toolchain/targets.ts";
import { ROOT } from "../toolchain/toolchain.ts";
import { besideOf, findFitting, findUv, installRelease, type Release } from "./host_install.ts";
import { type Counts, runJobs, sum } from "./jobs.ts";

/**
 * Tries the Python package in the real Rasa (python/host): unmodified releases from the registry, kept under .build/,
 * with a wheel whose binary has an endpoint on this machine. Ends with the line `N passed, N failed`. A release that
 * can't be installed here is skipped, and the line before says so.
 *
 * Usage: deno task host [--measure]     measures instead what it takes, for the table in docs/adopting.md
 */

const RELEASES: readonly Release[] = [
  { name: "rasa==3.6.21", pythons: ["3.10", "3.9", "3.8"], program: "try_rasa.py" },
  {
    name: "rasa-pro==3.21.0",
    pythons: ["3.11", "3.12", "3.13"],
    program: "try_rasa_pro.py",
    beside: "ipython==8.37.0",
  },
];

/** What is measured instead: a release whose commands need no licence. */
const MEASURED: readonly Release[] = RELEASES.slice(0, 1).map((release) => ({ ...release, program: "measure.py" }));

/** How long a trial may take before it counts as one that hangs. */
const TRIAL_MS = 900_000;

/** What one release came to: its counts, or why it was skipped. */
export interface Outcome extends Counts {
  readonly skipped?: string;
}

/** What a release is tried with. */
interface Stage {
  readonly folder: string;
  readonly port: number;
  readonly target: Target;
  readonly python: Python;
  readonly uv: string | undefined;
  readonly issuer: Issuer;
}

/** A stand-in for Rasa as the issuer of licences. */
interface Issuer {
  readonly key: string;
  /** A licence under which telemetry can't be switched off. */
  readonly licence: string;
}

/** Tries releases in a folder, at the same time, each with one of these Pythons. */
export async function tryHosts(
  folder: string,
  pythons: readonly Python[],
  releases = RELEASES,
): Promise<readonly Outcome[]> {
  const target = findHostTarget();
  const fitting = await Promise.all(releases.map((release) => findFitting(release, pythons)));
  const first = fitting.find((python) => python !== undefined);
  const uv = first === undefined ? undefined : await findUv(first);
  const ports = freePorts(releases.length);
  const issuer = await makeIssuer();
  const jobs = releases.map((release, index) => async (): Promise<Outcome> => {
    const python = fitting[index];
    if (target === undefined) return skip(release, "there is no wheel for this machine");
    if (python === undefined) return skip(release, `no Python ${release.pythons.join(", ")} with venv and pip`);
    return await tryHost(release, { folder, port: ports[index] ?? 0, target, python, uv, issuer });
  });
  return await runJobs(jobs, releases.length);
}

/** The lines that say what it came to: which releases were skipped, if any were, and the counts. */
export function closingLines(outcomes: readonly Outcome[]): string[] {
  const skipped = outcomes.flatMap(({ skipped }) => skipped ?? []);
  const { passed, failed } = sum(outcomes);
  return [
    ...skipped.length > 0 ? [`${skipped.length} skipped: ${skipped.join("; ")}`] : [],
    `${passed} passed, ${failed} failed`,
  ];
}

/** Tries one release. */
async function tryHost(release: Release, stage: Stage): Promise<Outcome> {
  const { name, program } = release;
  const since = performance.now();
  const [venv, wheel] = await Promise.all([
    installRelease(release, stage.python, stage.uv),
    makeTestWheel(name, stage),
  ]);
  if (venv === undefined) return skip(release, "it can't be installed from here");
  await ask(venv.python, [...PIP_OFFLINE, "--no-deps", "--force-reinstall", wheel]);
  console.error(`host: ${name} is installed (${secondsSince(since)} s)`);
  const { code, stdout } = await new Deno.Command(venv.python, {
    args: [`${ROOT}/python/host/${program}`, String(stage.port)],
    env: { HOST_BESIDE: besideOf(venv), HOST_LICENCE: stage.issuer.licence },
    stdin: "null",
    stderr: "inherit",
    signal: AbortSignal.timeout(TRIAL_MS),
  }).output();
  const [, passed = 0, failed = 0] = (/^(\d+) passed, (\d+) failed$/m.exec(new TextDecoder().decode(stdout)) ?? [])
    .map(Number);
  console.error(`host: ${name}: ${passed} checks passed, ${failed} failed (${secondsSince(since)} s)`);
  const isWell = code === 0 && passed > 0;
  return { passed, failed: isWell ? failed : Math.max(1, failed) };
}

function skip({ name }: Release, why: string): Outcome {
  return { passed: 0, failed: 0, skipped: `${name} (${why})` };
}

/** The wheel as pip gets it, but for its binary's endpoint, which is on this machine, and the key for licences. */
async function makeTestWheel(name: string, { folder, port, target, issuer }: Stage): Promise<string> {
  const own = `${folder}/${name}`;
  const binary = `${own}/${target.file}`;
  await Deno.mkdir(own);
  const config = configure({
    endpoint: `http://127.0.0.1:${port}`,
    writeKey: TEST_WRITE_KEY,
    licenceKey: issuer.key,
  });
  await compile({ config, output: binary, target: target.triple, check: false });
  return await makeWheel({ target, path: binary, sbom: "{}\n" }, own);
}

async function makeIssuer(): Promise<Issuer> {
  const { publicKey, privateKey } = await makeKeyPair();
  const licence = await signToken(privateKey, claimsAt(new Date(), { scope: LOCKING_SCOPE }));
  return { key: await pemOf(publicKey), licence };
}

function secondsSince(since: number): string {
  return ((performance.now() - since) / 1000).toFixed(0);
}

if (import.meta.main) {
  const folder = await Deno.makeTempDir({ prefix: "rasa-telemetry-host-" });
  try {
    const releases = Deno.args.includes("--measure") ? MEASURED : RELEASES;
    const outcomes = await tryHosts(folder, await findPythons(), releases);
    for (const line of closingLines(outcomes)) console.log(line);
    if (sum(outcomes).failed > 0) Deno.exitCode = 1;
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}
