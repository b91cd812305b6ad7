import { assert, assertEquals } from "@std/assert";
import type { Browser, BrowserContextOptions, Page } from "npm:playwright-core@1.65.1";
import { entries, entryOf } from "../page/page_fixture.ts";
import { binaryPath } from "../support/programs/binary.ts";
import { runProgram } from "../support/programs/process.ts";
import { findBarriers, HAS_CHROMIUM, showFile, startBrowser } from "../support/programs/browser.ts";
import { endToEnd } from "../support/scenes/end_to_end.ts";
import { MACHINE_ID, STORED_ON } from "../support/scenes/scene.ts";

/** The page as the compiled binary writes it, in a real browser. */

/** Longest making of the largest page, in milliseconds, and the largest page, in bytes. */
const QUICK_MS = 10_000;
const MAX_PAGE_BYTES = 10_000_000;

const NOON = Date.parse("2026-03-01T12:00:00.000Z");

/** A text that tries to become part of the page. */
const HOSTILE = `</pre></script><img src="http://127.0.0.1:9/" onerror="hit = 1"><script>hit = 1</script>\u202e\0"'`;
/** A text without a place to break, and one that is written from right to left. */
const LONG = "x".repeat(150);
const HEBREW = "דוגמה: (1) שלום!";

let browser: Browser;
let folder: string;
/** The pages by name. */
const pages = { empty: "", one: "", some: "", many: "", hostile: "" };
let makingMs = 0;

Deno.test.beforeAll(async () => {
  if (!HAS_CHROMIUM.met) return;
  folder = await Deno.realPath(await Deno.makeTempDir({ prefix: "rasa-telemetry-test-" }));
  await Deno.mkdir(`${folder}/project`);
  pages.empty = await makePage("empty", []);
  pages.one = await makePage("one", [entryOf("2026-03-01T10:00:00.000Z")]);
  const held = { withheld: ["properties.pipeline[].llm.request_timeout", "properties.type"], withheldUnknown: 1 };
  pages.some = await makePage(
    "some",
    // Of several entries of one report the log gives the newest.
    entries(100, 60).map((entry, at) => ({
      ...entry,
      ...(at % 20 === 0 ? held : {}),
      report: { ...entry.report, messageId: String(at) },
    })),
  );
  pages.hostile = await makePage(
    `hostile-${LONG}`,
    [HOSTILE, LONG, HEBREW].map((text, day) => ({
      sentAt: new Date(NOON - day * 1_000).toISOString(),
      outcome: "rejected",
      reason: text,
      report: { event: text, [text]: text, nested: { [text]: [text] } },
    })),
  );
  const since = performance.now();
  pages.many = await makePage(
    "many",
    Array.from({ length: 10_000 }, (_, index) => ({
      sentAt: new Date(NOON - (9_999 - index) * 300_000).toISOString(),
      outcome: index % 50 === 49 ? "rejected" : "delivered",
      reason: index % 50 === 49 ? "HTTP 400" : null,
      // Smaller than a real one: the log holds less than half as many of those.
      report: {
        userId: MACHINE_ID,
        event: index % 7 === 0 ? "Training Started" : "Shell Started",
        messageId: String(index),
      },
    })),
  );
  makingMs = performance.now() - since;
  browser = await startBrowser(folder);
});

Deno.test.afterAll(async () => {
  if (!HAS_CHROMIUM.met) return;
  await browser?.close();
  await Deno.remove(folder, { recursive: true });
});

/** Lets the binary write a page about a home with these entries in its log. Gives the page's path. */
async function makePage(name: string, log: readonly unknown[]): Promise<string> {
  const home = `${folder}/${name}`;
  const telemetry = `${home}/.config/rasa/telemetry`;
  await Deno.mkdir(telemetry, { recursive: true });
  await Deno.writeTextFile(`${home}/.config/rasa/global.yml`, STORED_ON);
  const lines = log.map((entry) => JSON.stringify(entry) + "\n");
  const half = Math.floor(lines.length / 2);
  await Deno.writeTextFile(`${telemetry}/sent.log.1`, lines.slice(0, half).join(""));
  await Deno.writeTextFile(`${telemetry}/sent.log`, lines.slice(half).join(""));
  const path = `${home}/page.html`;
  const { code, err } = await runProgram([binaryPath(), "inspect", "Shell Started", "--html", path], {
    cwd: `${folder}/project`,
    env: { HOME: home, USERPROFILE: home },
  });
  assertEquals([code, err], [0, ""]);
  return path;
}

/** A test of what a browser makes of pages. One browser serves all of them. */
function inBrowser(name: string, work: () => Promise<void>): void {
  endToEnd(name, { needs: HAS_CHROMIUM, endpoint: "nobody", sharesResources: true }, work);
}

/** Shows one of the pages, and asserts that it asked nobody for anything and that nothing in it was forbidden. */
async function show(
  name: keyof typeof pages,
  options: BrowserContextOptions,
  work: (page: Page) => Promise<void>,
): Promise<void> {
  await showFile(browser, pages[name], options, async ({ page, conduct }) => {
    await work(page);
    assertEquals(conduct, { requests: [], complaints: [] });
  });
}

const NAMES = ["empty", "one", "many", "hostile"] as const;
const NARROW = { width: 320, height: 800 };

inBrowser("inspect --html is quick and below 10 MB with 10,000 reports", async () => {
  const { size, mode } = await Deno.stat(pages.many);
  assert(makingMs < QUICK_MS && size < MAX_PAGE_BYTES, `${makingMs} ms, ${size} bytes`);
  assertEquals((mode ?? 0) & 0o777, 0o600);
});

for (const name of NAMES) {
  inBrowser(`the page never scrolls sideways, and axe finds no barrier in light and dark (${name})`, async () => {
    await show(name, {}, async (page) => {
      // The catalogue is the same in all of them.
      if (name === "hostile") await openEverything(page);
      // The first two are on both sides of where the tables begin to stand as lists.
      for (const width of [704, 705, 320, 1280]) {
        await page.setViewportSize({ width, height: 800 });
        assertEquals([width, await page.evaluate("document.documentElement.scrollWidth")], [width, width]);
      }
      await page.evaluate(THIN);
      assertEquals(await findBarriers(page), []);
      await page.emulateMedia({ colorScheme: "dark" });
      assertEquals(await findBarriers(page, { only: "color-contrast" }), []);
      if (name !== "hostile") return;
      await page.setViewportSize(NARROW);
      assertEquals(await findBarriers(page, { except: "color-contrast" }), []);
    });
  });
}

/** Leaves the first of what repeats, which stand for the others: days, reports, events, properties. */
const THIN = `for (const surplus of document.querySelectorAll(
  ".day:nth-child(n + 4), tbody tr:nth-child(n + 31), #catalogue details + details + details")) surplus.remove()`;

inBrowser("the page is kept by the browser from any request, and from running scripts that are added", async () => {
  const arrivals: string[] = [];
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, (request) => {
    arrivals.push(request.url);
    return new Response();
  });
  const target = `http://127.0.0.1:${server.addr.port}/`;
  await showFile(browser, pages.one, {}, async ({ page }) => {
    const load = (element: string, how: string) =>
      `new Promise((resolve, reject) => document.head.append(Object.assign(document.createElement("${element}"),
        { onload: resolve, onerror: reject, ${how}: "${target}", rel: "stylesheet" })))`;
    const tries = [
      `fetch("${target}", { mode: "no-cors" })`,
      load("img", "src"),
      load("script", "src"),
      load("link", "href"),
    ];
    for (const attempt of tries) {
      assertEquals(await page.evaluate(`${attempt}.then(() => "went", () => "refused")`), "refused");
    }
    await page.evaluate(
      `document.head.append(Object.assign(document.createElement("script"), { textContent: "ran = 1" }))`,
    );
    assertEquals(await page.evaluate("typeof ran"), "undefined");
  });
  await server.shutdown();
  assertEquals(arrivals, []);
});

inBrowser("the page is dark where the system is dark", async () => {
  const colours: unknown[] = [];
  for (const colorScheme of ["light", "dark"] as const) {
    await show("one", { colorScheme }, async (page) => {
      colours.push(await page.evaluate("getComputedStyle(document.body).backgroundColor"));
    });
  }
  assertEquals(colours, ["rgb(255, 255, 255)", "rgb(20, 24, 29)"]);
});

inBrowser("the page can be filtered by keyboard alone, and says how many are left", async () => {
  await show("many", {}, async (page) => {
    const said = () => page.locator("#filter-said").textContent();
    const rows = () => page.locator("#days tbody > tr:visible").count();
    // The fourth of the contents, then what can be opened before the fields.
    for (let count = 0; count < 4; count++) await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await page.keyboard.press("Tab");
    await page.keyboard.press("Tab");
    assertEquals(await focused(page), "filter-text");
    assertEquals(await said(), "10,000 reports");
    await page.keyboard.type('"messageId": "999');
    assertEquals([await said(), await rows()], ["11 of 10,000 reports", 11]);
    await page.keyboard.press("Tab");
    await page.keyboard.type("Training");
    assertEquals([await focused(page), await said(), await rows()], ["filter-event", "1 of 10,000 reports", 1]);
    await page.keyboard.press("Tab");
    await page.keyboard.type("rejected");
    assertEquals([await focused(page), await said(), await rows()], ["filter-outcome", "0 of 10,000 reports", 0]);
    await page.keyboard.press("Shift+Tab");
    await page.keyboard.type("all");
    await page.keyboard.press("Shift+Tab");
    await page.keyboard.press("Control+A");
    await page.keyboard.press("Delete");
    assertEquals(await said(), "200 of 10,000 reports");
    await page.keyboard.press("Tab");
    await page.keyboard.press("Tab");
    await page.keyboard.type("all");
    assertEquals([await said(), await page.locator("#days > details[open]").count()], ["10,000 reports", 1]);
  });
});

inBrowser("the page says of each report how much was withheld, and its filter looks at reports alone", async () => {
  await show("some", {}, async (page) => {
    assertEquals(await page.locator("#days td .withheld").count(), 5);
    assertEquals(await page.locator("#days td .withheld").first().textContent(), ", 3 withheld");
    for (
      const [text, found] of [["withheld", 0], ["request_timeout", 0], ["delivered", 90], ["rasa_pro", 100]] as const
    ) {
      await page.locator("#filter-text").fill(text);
      assertEquals(
        await page.locator("#filter-said").textContent(),
        found === 100 ? "100 of 100 reports" : `${found} of 100 reports`,
      );
    }
  });
});

inBrowser("the page can be read oldest first", async () => {
  await show("some", {}, async (page) => {
    const ends = () =>
      page.evaluate(`[...document.querySelectorAll(".day > summary")].map((day) => day.firstChild.data.trim())
        .filter((_, index, days) => index === 0 || index === days.length - 1)`);
    assertEquals(await ends(), ["2026-03-01 (UTC)", "2026-02-25 (UTC)"]);
    await page.locator("#filter-order").selectOption("oldest first");
    assertEquals(await ends(), ["2026-02-25 (UTC)", "2026-03-01 (UTC)"]);
    await page.locator(".day > summary").first().press("Enter");
    const first = page.locator(".day tbody > tr").first();
    assertEquals(await first.locator("time").textContent(), "09:00:00.000Z");
  });
});

inBrowser("the page opens a report by keyboard, with all that it said", async () => {
  await show("one", {}, async (page) => {
    const report = page.locator("#days tbody details");
    await report.locator("summary").press("Enter");
    const shown = await report.locator("pre").innerText();
    assertEquals(JSON.parse(shown), entryOf("2026-03-01T10:00:00.000Z").report);
  });
});

inBrowser("the page can be read without its script", async () => {
  await show("some", { javaScriptEnabled: false, viewport: NARROW }, async (page) => {
    assertEquals(await page.locator("#filter").isVisible(), false);
    const day = page.locator("#days > details").nth(1);
    assertEquals(await day.locator("tbody").isVisible(), false);
    await day.locator("> summary").click();
    const row = day.locator("tbody > tr").first();
    await row.locator("summary").click();
    assert((await row.locator("pre").innerText()).includes(MACHINE_ID));
  });
});

inBrowser("the page shows what came from outside as text alone", async () => {
  await show("hostile", {}, async (page) => {
    await openEverything(page);
    const event = page.locator("#days .event").filter({ hasText: "script" });
    const visible = HOSTILE.replace("\u202e", "[U+202E]").replace("\0", "[U+0000]");
    assertEquals(await event.textContent(), visible);
    assertEquals(await page.evaluate('[typeof hit, document.querySelectorAll("img, iframe, object, embed").length]'), [
      "undefined",
      0,
    ]);
  });
});

inBrowser("the page keeps what is written from right to left from moving what is beside it", async () => {
  await show("hostile", {}, async (page) => {
    const row = page.locator("#days tbody > tr").filter({ hasText: HEBREW });
    await row.locator("summary").press("Enter");
    const ends = await page.evaluate(`(() => {
      const row = [...document.querySelectorAll("#days tbody > tr")].find((row) => row.textContent.includes("${HEBREW}"));
      const sides = (node) => {
        const range = document.createRange();
        range.selectNodeContents(node);
        const { left, right } = range.getClientRects()[0];
        return [left, right];
      };
      // The outcome and its reason; then a key of the report, what stands between, and its value.
      const [, key, between, value] = row.querySelector("pre").childNodes;
      return [[...row.querySelectorAll(".outcome, .outcome + bdi")], [key, between, value]].map((nodes) => nodes.flatMap(sides));
    })()`) as number[][];
    for (const places of ends) assertEquals(places, [...places].sort((one, other) => one - other));
  });
});

inBrowser("the page can be printed, with the catalogue and without what is only for the screen", async () => {
  await show("some", {}, async (page) => {
    const paper = await page.pdf({ preferCSSPageSize: true });
    assertEquals(new TextDecoder().decode(paper.subarray(0, 5)), "%PDF-");
    await page.emulateMedia({ media: "print" });
    const printed = await page.evaluate(
      `["h1", "nav", "#filter", "#catalogue details.always table", "#days details pre"].map(
      (name) => document.querySelector(name).checkVisibility())`,
    );
    assertEquals(printed, [true, false, false, true, false]);
  });
});

/** Opens everything that opens. */
async function openEverything(page: Page): Promise<void> {
  await page.evaluate('for (const fold of document.querySelectorAll("details")) fold.open = true');
}

async function focused(page: Page): Promise<unknown> {
  return await page.evaluate("document.activeElement.id");
}
