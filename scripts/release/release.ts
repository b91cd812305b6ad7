// deno-lint-ignore-file no-console -- a script talks to the person who started it
import { VERSION } from "../../lib/build_config.ts";
import { TARGETS } from "../toolchain/targets.ts";
import { parseCommented, ROOT } from "../toolchain/toolchain.ts";
import { SBOM_FILE } from "./assets.ts";
import { examineRelease } from "./examine.ts";

const HELP = `The checks of the release workflow. Ends with code 1 where something is wrong, and says what.

Usage: deno task release COMMAND

  tag TAG           is the tag "v" and the version of the sources, and does CHANGELOG.md say what is new in it?
  notes             print what CHANGELOG.md says about this version
  runtimes FILE     are the runtimes in dist/${SBOM_FILE} those that FILE lists? Lines of "SHA-256  NAME"
  examine [FOLDER]  is the folder (dist/ unless given) a whole release: files, checksums, systems, libraries?
                    Needs \`file\` and \`readelf\`.
`;

/** Why these sources can't be released under a tag, a line each. */
export function examineTag(tag: string, manifestVersion: string, changelog: string): string[] {
  const problems: string[] = [];
  if (tag !== `v${VERSION}`) problems.push(`The tag is ${tag}, but lib/build_config.ts says ${VERSION}`);
  if (manifestVersion !== VERSION) {
    problems.push(`deno.json says ${manifestVersion}, but lib/build_config.ts says ${VERSION}`);
  }
  if (releaseNotes(changelog) === undefined) problems.push(`CHANGELOG.md has no section "## ${VERSION}"`);
  return problems;
}

/** What the changelog says about this version; undefined where it says nothing. */
export function releaseNotes(changelog: string): string | undefined {
  const sections = changelog.split(/^## /m).slice(1);
  const section = sections.find((text) => /^\S+/.exec(text)?.[0] === VERSION);
  return section?.replace(/^.*\n/, "").trim() || undefined;
}

/** Where the runtimes that a bill of materials names differ from the published checksums, a line each. */
export function examineRuntimes(sbom: string, checksums: string): string[] {
  const published = new Map(
    checksums.split("\n").map((line) => line.trim().split(/\s+/)).map(([hash = "", name = ""]) => [name, hash]),
  );
  const { components } = JSON.parse(sbom) as {
    components: { name: string; components?: { type: string; name: string; hashes?: { content: string }[] }[] }[];
  };
  const runtimes = components.find(({ name }) => name === "deno")?.components?.filter(({ type }) => type === "file") ??
    [];
  if (runtimes.length !== TARGETS.length) return [`${runtimes.length} runtimes are named instead of ${TARGETS.length}`];
  return runtimes.flatMap(({ name, hashes }) => {
    const [used, expected] = [hashes?.[0]?.content, published.get(name)];
    if (expected === undefined) return [`No checksum is published for ${name}`];
    return used === expected ? [] : [`${name} has the SHA-256 ${used}, not the published ${expected}`];
  });
}

/** Runs one of the checks, and returns what it found. */
async function main([command, argument]: readonly string[]): Promise<string[]> {
  const changelog = () => Deno.readTextFile(`${ROOT}/CHANGELOG.md`);
  switch (command) {
    case "tag": {
      const manifest = parseCommented(await Deno.readTextFile(`${ROOT}/deno.json`)) as { version: string };
      return examineTag(argument ?? "", manifest.version, await changelog());
    }
    case "notes":
      console.log(releaseNotes(await changelog()) ?? "");
      return [];
    case "runtimes":
      return examineRuntimes(
        await Deno.readTextFile(`${ROOT}/dist/${SBOM_FILE}`),
        await Deno.readTextFile(argument ?? ""),
      );
    case "examine":
      return await examineRelease(argument ?? `${ROOT}/dist`);
    default:
      console.error(HELP);
      return [`Cannot run ${JSON.stringify(command ?? "")}: no such command`];
  }
}

if (import.meta.main) {
  const problems = await main(Deno.args).catch((error: Error) => [error.message]);
  for (const problem of problems) console.error(`release: ${problem}`);
  Deno.exit(problems.length === 0 ? 0 : 1);
}
