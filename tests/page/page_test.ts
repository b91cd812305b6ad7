import { homeAt } from "../../lib/home.ts";
import { assert, assertEquals, assertMatch } from "@std/assert";
import { buildPage } from "../../lib/page/page.ts";
import type { Consent } from "../../lib/consent/consent.ts";
import type { PageData } from "../../lib/page/page_data.ts";
import { SCRIPT } from "../../lib/page/script.ts";
import { STYLE } from "../../lib/page/style.ts";
import { NOON } from "../support/machine/memory_host.ts";
import {
  entries,
  entryOf,
  NONE_DROPPED,
  QUIET_MACHINE,
  reportOf,
  tagsOf,
  textOf,
  valuesOf,
  waitingOf,
} from "./page_fixture.ts";

/** A machine with something in every section. */
const BUSY_MACHINE: PageData = {
  ...QUIET_MACHINE,
  event: "Shell Started",
  warnings: ["something is to be repaired"],
  waiting: [waitingOf("Shell Started"), undefined],
  sent: entries(30, 600),
  lastDelivery: { at: "2026-03-01T11:00:00.000Z", outcome: "delivered", reports: 2, status: 200 },
  dropped: { ...NONE_DROPPED, limits: 3 },
  setAside: 1,
};

const page = await buildPage(BUSY_MACHINE);

Deno.test("buildPage makes the same page of the same data, to the last byte", async () => {
  assertEquals(await buildPage(BUSY_MACHINE), page);
});

Deno.test("buildPage forbids everything but its one style and its one script, by their digests", async () => {
  const digest = async (text: string) => {
    const bytes = new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text)));
    return `'sha256-${bytes.toBase64()}'`;
  };
  const inPage = (name: string) =>
    [...page.matchAll(new RegExp(`<${name}>(.*?)</${name}>`, "gs"))].map(([, text]) => text);
  assertEquals([inPage("style"), inPage("script")], [[STYLE], [SCRIPT]]);
  const [policy] = /<meta http-equiv="Content-Security-Policy" content="([^"]*)">/.exec(page)?.slice(1) ?? [];
  assertEquals(
    policy,
    `default-src 'none'; style-src ${await digest(STYLE)}; script-src ${await digest(SCRIPT)}; base-uri 'none'; ` +
      "form-action 'none'",
  );
  // It holds from where it stands on.
  assert(page.indexOf(policy ?? "") < page.indexOf("<style>"));
});

Deno.test("buildPage makes nothing that loads, sends, or runs", () => {
  const names = new Set(tagsOf(page).map((tag) => /^<[/!]?([a-z0-9]+)/i.exec(tag)?.[1]?.toLowerCase() ?? tag));
  const known =
    "a b bdi body br caption code dd details div doctype dl dt figcaption figure g h1 h2 h3 head header html i " +
    "input label li main meta nav ol option output p path pre rect script section select span strong style summary svg table " +
    "tbody td th thead time title tr ul";
  assertEquals([...names].filter((name) => !known.split(" ").includes(name)), []);
  const attributes = new Set(
    tagsOf(page).flatMap((tag) => [...tag.matchAll(/\s([a-zA-Z-]+)(?==|\s|>)/g)].map(([, name]) => name)),
  );
  const banned = /^(on.*|src|srcset|style|action|formaction|poster|data|background|ping|manifest|xlink:href)$/;
  assertEquals([...attributes].filter((name) => banned.test(name ?? "")), []);
  assertEquals(STYLE.match(/url\(|@import|@font-face|image-set/g), null);
  assertEquals(
    SCRIPT.match(/fetch|XMLHttp|import|innerHTML|outerHTML|insertAdjacent|document\.write|eval|Function|location|src/g),
    null,
  );
});

Deno.test("buildPage links to its own sections and to three addresses of Rasa's", () => {
  const links = [...new Set(valuesOf(page, "href"))];
  assertEquals(links.filter((link) => !link.startsWith("#")), [
    "https://rasa.com/docs/reference/telemetry/",
    "https://rasa.com/product-privacy/",
    "https://rasa.com/developer-terms",
  ]);
  const ids = valuesOf(page, "id");
  assertEquals(ids.length, new Set(ids).size);
  const pointers = [
    ...links.filter((link) => link.startsWith("#")).map((link) => link.slice(1)),
    ...valuesOf(page, "for").flatMap((names) => names.split(" ")),
    ...valuesOf(page, "aria-labelledby"),
  ];
  assertEquals(pointers.filter((name) => !ids.includes(name)), []);
});

Deno.test("buildPage closes every element that it opens", () => {
  const open: string[] = [];
  for (const tag of tagsOf(page)) {
    const [, closing, name] = /^<(\/?)([a-z0-9]+)/i.exec(tag) ?? [];
    if (name === undefined || ["meta", "input", "br"].includes(name) || tag.endsWith("/>")) continue;
    if (closing === "") open.push(name);
    else assertEquals(open.pop(), name);
  }
  assertEquals(open, []);
});

Deno.test("buildPage says which program made it, and when", () => {
  assertMatch(textOf(page), /Made by rasa-telemetry 1\.2\.3 on 2026-03-01 12:00:00Z, from what is on this machine\./);
});

const HOSTILE: readonly string[] = [
  "<script>alert(1)</script>",
  "</script><script>alert(1)</script>",
  "</style><script>alert(1)</script>",
  "</title></head><body onload=alert(1)>",
  "</pre></details></table><img src=x onerror=alert(1)>",
  "</select><svg/onload=alert(1)>",
  "<!-- ",
  "--><b>",
  "<![CDATA[",
  '"><img src=x onerror=alert(1)>',
  "' onmouseover='alert(1)",
  "` onmouseover=`alert(1)",
  '" autofocus onfocus="alert(1)',
  "javascript:alert(1)",
  "&lt;script&gt;alert(1)&lt;/script&gt;",
  "&#60;script&#62;",
  "&quot;&gt;",
  "${alert(1)}{{alert(1)}}",
  "<\0script>",
  "<scr\u00adipt>",
  "＜script＞alert(1)＜/script＞",
  "\u202e>tpircs<\u202c",
  "\u2066</bdi>\u2069",
  "\u0000\u0001\u001b[31m\r",
  "\ud800<b>",
  "\u2028</p>\u2029",
  "\\\"'</script>",
];

/** A machine on which the same text stands wherever something from outside can. */
function machineFull(text: string): PageData {
  // Whatever a file can hold: JSON.parse gives a value of any type.
  const report = (extra: object) => JSON.parse(JSON.stringify({ ...reportOf(text, text), ...extra }));
  const held = { withheld: [text], withheldUnknown: 1 };
  const unknown = { endpoint: text, permission: null };
  const { standing } = QUIET_MACHINE.consent;
  const told = { at: NOON.toISOString(), first: NOON.toISOString(), notice: 1, addressee: text, terminal: true };
  const nested = { [text]: text, context: { [text]: [text, { [text]: text }] } };
  const consent: Consent = {
    ...QUIET_MACHINE.consent,
    home: { ...homeAt(text), configFile: text, telemetryDirectory: text },
    configuration: { kind: "stored", stored: { enabled: true, traitsEnabled: false, machineId: text, date: text } },
    policy: text,
    standing: { ...standing, record: { ...standing.record, told } },
    licence: { hash: text, company: text, lockedUntil: null, problem: text },
  };
  return {
    ...QUIET_MACHINE,
    version: text,
    consent,
    stored: consent,
    warnings: [text],
    machineId: text,
    event: text,
    fields: [{ field: text, value: text, source: text, purpose: text }, {
      field: text,
      value: { [text]: [text] },
      source: text,
      purpose: text,
    }],
    recipient: text,
    waiting: [{ report: report(nested), fate: { kind: "waits", until: NOON.getTime() }, ...held }],
    sent: [
      { ...unknown, sentAt: text, outcome: "rejected", reason: text, ...held, report: report(nested) },
      {
        sentAt: "2026-03-01T10:00:00.000Z",
        outcome: "delivered",
        reason: null,
        ...unknown,
        ...held,
        report: report({ event: undefined, traits: nested }),
      },
    ],
    sentLog: text,
    lastDelivery: { at: text, outcome: "failed", reports: 1, status: null },
  };
}

for (const hostile of HOSTILE) {
  Deno.test(`buildPage makes no markup of ${JSON.stringify(hostile)}, wherever it stands`, async () => {
    // Text beyond ASCII is kept to itself where ASCII needn't be.
    const harmless = /^[\0-\x7f]*$/.test(JSON.stringify(hostile)) ? "harmless" : "härmlös";
    const shown = await buildPage(machineFull(hostile));
    assertEquals(tagsOf(shown), tagsOf(await buildPage(machineFull(harmless))));
    // deno-lint-ignore no-control-regex -- what may not be in a page at all
    assertEquals(/[\0-\x08\x0b-\x1f\x7f-\x9f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/.test(shown), false);
    assert(shown.isWellFormed());
  });
}

Deno.test("buildPage shows a configuration's problem as text too", async () => {
  const broken = (problem: string) =>
    buildPage({ ...QUIET_MACHINE, stored: { ...QUIET_MACHINE.stored, configuration: { kind: "broken", problem } } });
  assertEquals(tagsOf(await broken("<b>")), tagsOf(await broken("b")));
});

Deno.test("buildPage shows hostile text rather than hiding it", async () => {
  const sent = [entryOf("2026-03-01T10:00:00.000Z", "\u202e<b>", "</script>")];
  const text = textOf(await buildPage({ ...QUIET_MACHINE, sent }));
  for (const shown of ["[U+202E]<b>", "rejected (asked): </script>"]) assert(text.includes(shown), shown);
});

/** Longest time for the largest page, in milliseconds: a person waits for it. */
const QUICK_MS = 5_000;
const MAX_PAGE_BYTES = 10_000_000;

Deno.test("buildPage is quick and below 10 MB with 10,000 reports, and has a row for each", async () => {
  // With the longest name of the catalogue.
  const sent = entries(10_000, 7).map(({ sentAt, reason }) =>
    entryOf(sentAt, "Enterprise Search Policy Training Completed", reason)
  );
  const waiting = Array.from({ length: 1_000 }, () => waitingOf("Shell Started"));
  const since = performance.now();
  const large = await buildPage({ ...BUSY_MACHINE, sent, waiting });
  assert(performance.now() - since < QUICK_MS);
  assert(new TextEncoder().encode(large).length < MAX_PAGE_BYTES);
  assertEquals(large.split('<bdi class="event">').length - 1, 10_000);
});

Deno.test("buildPage stays below 10 MB whatever somebody has written into the log", async () => {
  const tiny = Array.from({ length: 80_000 }, () => entryOf("", "x"));
  const long = "\u00ad\u202e&'".repeat(5_000);
  const wide = Array.from({ length: 200 }, () => entryOf(long, long, long));
  for (const sent of [tiny, wide]) {
    const large = await buildPage({ ...QUIET_MACHINE, sent });
    assert(new TextEncoder().encode(large).length < MAX_PAGE_BYTES);
  }
});
