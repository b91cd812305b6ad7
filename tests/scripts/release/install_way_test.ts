import { assertEquals } from "@std/assert";
import { Authority } from "../../support/programs/authority.ts";
import {
  fake,
  FILE,
  findProgram,
  HAS_GNU_WGET,
  type Machine,
  onlyHas,
  PROGRAM,
  refuses,
  scene,
} from "../../support/programs/installer.ts";
import { redirect, ReleaseServer } from "../../support/programs/release_server.ts";

/** The way that a release takes to the installer: every server on it has a certificate that somebody trusted stands for. */

const authority = await Authority.create();
const identity = await authority.issue();
const LOADERS = ["curl", ...HAS_GNU_WGET ? ["wget"] : []];

/** Leaves this downloader alone on the path, and makes it trust the authority. */
async function trusting(machine: Machine, loader: string): Promise<Record<string, string>> {
  const path = `${machine.fakes}/authority.pem`;
  await Deno.writeTextFile(path, authority.pem);
  await Deno.writeTextFile(`${machine.fakes}/wgetrc`, `ca_certificate = ${path}\n`);
  const env = await onlyHas(machine, [loader, "sha256sum"]);
  return { ...env, CURL_CA_BUNDLE: path, WGETRC: `${machine.fakes}/wgetrc` };
}

for (const loader of LOADERS) {
  const needs = { needs: [loader, "sha256sum"], identity };

  scene(`follows redirects that keep the encryption, with ${loader}`, async (machine) => {
    const { server } = machine;
    const env = await trusting(machine, loader);
    const list = server.files.get("SHA256SUMS");
    const asked: string[] = [];
    const chain = ["/releases/latest/download/second", `${server.url}/latest/download/third`];
    server.files.set("SHA256SUMS", () => redirect(chain[0] ?? ""));
    server.files.set("second", () => redirect(chain[1] ?? ""));
    server.files.set("third", () => {
      asked.push("third");
      return list?.() ?? new Response(null, { status: 500 });
    });
    assertEquals((await machine.install([], env)).err, "");
    assertEquals([asked, await Deno.readFile(`${machine.home}/.local/bin/rasa-telemetry`)], [["third"], PROGRAM]);
  }, needs);

  scene(`refuses a redirect that drops the encryption, at any hop, with ${loader}`, async (machine) => {
    const { server } = machine;
    const env = await trusting(machine, loader);
    const plain = new ReleaseServer(PROGRAM, "", []);
    try {
      server.files.set("away", () => redirect(`${plain.url}/latest/download/${FILE}`));
      server.files.set(FILE, () => redirect(`${server.url}/latest/download/away`));
      await refuses(machine, /can't be downloaded: (?!no reason)/, { env });
      server.files.set("SHA256SUMS", () => redirect(`${plain.url}/latest/download/SHA256SUMS`));
      await refuses(machine, /SHA256SUMS can't be downloaded: (?!no reason)/, { env });
      assertEquals(plain.requests, []);
    } finally {
      await plain.close();
    }
  }, needs);

  scene(`refuses a redirect without an end, with ${loader}`, async (machine) => {
    const env = await trusting(machine, loader);
    machine.server.files.set("SHA256SUMS", () => redirect(`${machine.server.url}/latest/download/SHA256SUMS`));
    await refuses(machine, /can't be downloaded: (?!no reason)/, { env });
  }, needs);

  scene(`refuses a server that nobody stands for, whatever ${loader}'s own files say`, async (machine) => {
    await Deno.writeTextFile(`${machine.fakes}/.curlrc`, "insecure\n");
    await Deno.writeTextFile(`${machine.fakes}/wgetrc`, "check_certificate = off\n");
    const env = await onlyHas(machine, [loader, "sha256sum"]);
    await refuses(machine, /can't be downloaded: (?!no reason)/, {
      env: { ...env, CURL_HOME: machine.fakes, WGETRC: `${machine.fakes}/wgetrc` },
    });
    assertEquals(machine.server.requests, []);
  }, needs);

  scene(`shows no user and password of a mirror's address, with ${loader}`, async (machine) => {
    const env = await trusting(machine, loader);
    const address = machine.server.url.replace("//", "//ada:hunter2@");
    const { code, out, err } = await machine.install(["--base-url", address], env);
    assertEquals([code, err, out.includes(`Downloading ${machine.server.url}/latest`)], [0, "", true]);
    assertEquals(/ada:|hunter2/.exec(out), null);
    machine.server.files.delete("SHA256SUMS");
    const refused = await machine.install(["--base-url", address], env);
    assertEquals([refused.code, /hunter2/.exec(refused.out + refused.err)], [1, null]);
  }, needs);

  scene(`follows no redirect from a server on this machine, with ${loader}`, async (machine) => {
    const env = await onlyHas(machine, [loader, "sha256sum"]);
    machine.server.files.set("SHA256SUMS", () => redirect(`${machine.server.url}/latest/download/other`));
    await refuses(machine, /(can't be downloaded: (?!no reason)|has 0 checksums)/, { env });
    assertEquals(machine.server.requests, ["latest/download/SHA256SUMS"]);
  }, { needs: [loader, "sha256sum"] });
}

scene("refuses busybox's wget, which verifies no certificate", async (machine) => {
  const env = await onlyHas(machine, ["sha256sum"]);
  await Deno.symlink(findProgram("busybox") ?? "", `${machine.fakes}/wget`);
  await refuses(machine, /isn't GNU Wget\. Busybox's, for example, .* Install curl or GNU Wget\n$/, { env });
  assertEquals(machine.server.requests, []);
}, { needs: ["busybox", "sha256sum"] });

/** As GNU Wget2 1.99 was seen to behave: a redirect that --https-only stops gives code 0 and no file. */
const WGET2 = `case "$1" in --version) echo 'GNU Wget2 1.99.1 - downloader'; exit 0 ;; esac
case " $* " in *" --https-only --check-certificate "*) ;; *) echo "it isn't told to be strict"; exit 2 ;; esac
while [ $# -gt 2 ]; do shift; done`;

scene("works with Wget2", async (machine) => {
  const env = await onlyHas(machine, ["sha256sum"]);
  await fake(machine, "wget", `${WGET2}\nexec '${findProgram("curl")}' -fsS -o "$1" "$2"`);
  assertEquals((await machine.install([], env)).err, "");
  machine.server.files.delete(FILE);
  await refuses(machine, /can't be downloaded: curl: .*404/, { env });
}, { needs: ["curl", "sha256sum"] });

scene("refuses what Wget2 doesn't follow", async (machine) => {
  const env = await onlyHas(machine, ["sha256sum"]);
  await fake(machine, "wget", WGET2);
  await refuses(machine, /can't be downloaded: it leads in circles or to an address without encryption/, { env });
}, { needs: ["sha256sum"] });
