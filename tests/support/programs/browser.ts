import axe from "npm:axe-core@4.14.1";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "npm:playwright-core@1.65.1";
import type { Condition } from "./conditions.ts";

/** A real browser that shows pages to tests: the system's own Chromium, which talks to nobody but this machine. */

/** The programs that are Chromium; first the one that is nothing but what tests need of it. */
const NAMES = ["chromium-headless-shell", "chromium", "chromium-browser", "google-chrome"];

/** Chromium's path, or undefined where there is none. */
const CHROMIUM: string | undefined = NAMES.flatMap((name) =>
  Deno.build.os === "windows" ? [] : (Deno.env.get("PATH") ?? "").split(":").map((folder) => `${folder}/${name}`)
).find(isFile);

/** Chromium. */
export const HAS_CHROMIUM: Condition = { met: CHROMIUM !== undefined, reason: "no Chromium" };

/** What a page did that a page of ours must not do: everything that it asked for but itself, and every complaint. */
export interface Conduct {
  readonly requests: string[];
  readonly complaints: string[];
}

/** A page in the browser. */
export interface Shown {
  readonly page: Page;
  readonly conduct: Conduct;
}

/** Starts Chromium. What it keeps is below `folder`. No name leads anywhere in it. */
export async function startBrowser(folder: string): Promise<Browser> {
  return await chromium.launch({
    executablePath: CHROMIUM ?? "",
    args: ["--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"],
    env: { PATH: Deno.env.get("PATH") ?? "", HOME: folder },
  });
}

/** Opens a file in a window of its own, which is closed when `work` is done. */
export async function showFile(
  browser: Browser,
  path: string,
  options: BrowserContextOptions,
  work: (shown: Shown) => Promise<void>,
): Promise<void> {
  const context = await browser.newContext({ reducedMotion: "reduce", ...options });
  try {
    const page = await context.newPage();
    const conduct: Conduct = { requests: [], complaints: [] };
    const address = `file://${path}`;
    page.on("request", (request) => {
      if (request.url() !== address) conduct.requests.push(request.url());
    });
    page.on("console", (message) => conduct.complaints.push(message.text()));
    page.on("pageerror", (error) => conduct.complaints.push(String(error)));
    page.on("dialog", (dialog) => {
      conduct.complaints.push(`dialog: ${dialog.message()}`);
      void dialog.dismiss();
    });
    await page.goto(address);
    await work({ page, conduct });
  } finally {
    await context.close();
  }
}

/** What axe finds wrong with a page as it stands, by all of its rules but one, or by one: a line for each, with where. */
export async function findBarriers(
  page: Page,
  rules: { readonly only?: string; readonly except?: string } = {},
): Promise<string[]> {
  const options = JSON.stringify({
    resultTypes: ["violations"],
    ...(rules.only === undefined ? {} : { runOnly: [rules.only] }),
    ...(rules.except === undefined ? {} : { rules: { [rules.except]: { enabled: false } } }),
  });
  if (await page.evaluate("typeof axe") === "undefined") await page.evaluate(axe.source);
  return await page.evaluate(`axe.run(document, ${options}).then(({ violations }) =>
    violations.map(({ id, nodes }) => id + ": " + nodes.slice(0, 3).map(({ html }) => html.slice(0, 200)).join(" | ")))`);
}

function isFile(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}
