import { catalogueSection } from "./sections/catalogue.ts";
import { choiceSection } from "./sections/choice.ts";
import { moment, type Section } from "./elements.ts";
import { fieldsSection } from "./sections/fields.ts";
import { heldBackSection } from "./sections/held_back.ts";
import { type Markup, markup, verbatim } from "./markup.ts";
import type { PageData } from "./page_data.ts";
import { permissionsSection } from "./sections/permissions.ts";
import { SCRIPT } from "./script.ts";
import { sentSection } from "./sections/sent.ts";
import { stateSection } from "./sections/state.ts";
import { STYLE } from "./style.ts";
import { waitingSection } from "./sections/waiting.ts";

/**
 * Builds the page that shows everything: a complete HTML document, which loads nothing, sends nothing, and can be read
 * without its script. The same data give the same page, to the last byte.
 */
export async function buildPage(data: PageData): Promise<string> {
  const sections = [
    stateSection(data),
    fieldsSection(data),
    waitingSection(data),
    sentSection(data),
    heldBackSection(data),
    catalogueSection(),
    permissionsSection(data.endpoint),
    choiceSection(data),
  ];
  const made = moment(data.madeAt);
  return String(markup`<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${await policy()}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>Telemetry of Rasa Pro on this machine</title>
${verbatim("style", STYLE)}
</head>
<body>
<header>
<h1>Telemetry of Rasa Pro on this machine</h1>
<p class="gist">Made by rasa-telemetry ${data.version} on ${made}, from what is on this machine. This file contains
everything that it shows: it loads nothing and sends nothing. All times are in UTC.</p>
</header>
<nav aria-label="Contents">
<ol>
${sections.map(({ id, heading }) => markup`<li><a href="#${id}">${heading}</a></li>\n`)}</ol>
</nav>
<main>
${sections.map(sectionOf)}</main>
${verbatim("script", SCRIPT)}
</body>
</html>
`);
}

function sectionOf({ id, heading, content }: Section): Markup {
  return markup`<section id="${id}" aria-labelledby="${id}-heading">
<h2 id="${id}-heading">${heading}</h2>
${content}
</section>
`;
}

/** The page's permissions: its one style and its one script. Everything else is forbidden, above all every request. */
async function policy(): Promise<Markup> {
  const [style, script] = await Promise.all([STYLE, SCRIPT].map(digestOf));
  return markup`default-src 'none'; style-src '${style}'; script-src '${script}'; base-uri 'none'; form-action 'none'`;
}

async function digestOf(text: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return `sha256-${new Uint8Array(digest).toBase64()}`;
}
