import { noticeText } from "../../consent/notice.ts";
import { HOME_FILES, type HomeFile } from "../../home.ts";
import { TERMS_URL } from "../../licence/licence.ts";
import { code, codeIn, fold, type Section, table } from "../elements.ts";
import { type Content, type Markup, markup } from "../markup.ts";
import type { PageData } from "../page_data.ts";

/** The section that says how to switch telemetry off or on, what is kept where, and what users are told. */
export function choiceSection(data: PageData): Section {
  const { enabled, decidedBy } = data.decision;
  const locked = decidedBy === "licence";
  return {
    id: "choice",
    heading: enabled ? "How to switch it off" : "How to keep it off, or switch it on",
    content: markup`
${locked ? lockedParagraph() : ""}
${table("How to switch telemetry off and on", ["To …", "Do this", "What it does"], ways(), "ways")}
<h3>What is kept on this machine</h3>
${filesOf(data)}
<h3>What users are told</h3>
<p>${data.consent.ground.offByDefault ? TOLD_WHERE_OFF : TOLD}</p>
${fold("The notice", markup`<pre dir="ltr">${linked(noticeOf(data))}</pre>`, "always")}`,
  };
}

const TOLD =
  "The first run of Rasa shows this notice, with the moment in its last line, and asks where somebody at a " +
  "terminal can answer. Nothing leaves for one hour after it, unless somebody says yes.";

const TOLD_WHERE_OFF =
  "This build is off until somebody enables it, so it tells and asks nobody. It shows this notice " +
  "where a licence keeps telemetry on.";

function noticeOf({ decision, recipient }: PageData): string {
  const locked = decision.decidedBy === "licence";
  return noticeText({ locked, addressee: recipient, leavesFrom: "an hour has passed" });
}

function lockedParagraph(): Markup {
  return markup`<p>Under the Developer Edition Extended licence on this machine telemetry can't be switched off: while
it is valid, the ways below change nothing. The terms: ${link(TERMS_URL)}</p>`;
}

function ways(): Content[][] {
  return [
    [
      "switch it off for this user",
      code("rasa-telemetry disable"),
      codeIn(
        "Stores the choice in `global.yml` and deletes waiting reports. " +
          "It takes effect at once, in running programs too.",
      ),
    ],
    [
      "switch it off for a shell, a service, a container or an image",
      code("RASA_TELEMETRY_ENABLED=false"),
      "Nothing is recorded, written or sent wherever the variable is set.",
    ],
    [
      "switch it off together with other programs that respect this variable",
      code("DO_NOT_TRACK=1"),
      "Does the same.",
    ],
    [
      "switch it off for a machine or for a project",
      markup`${code("/etc/rasa/telemetry.yml")} or ${code(".rasa-telemetry.yml")}`,
      codeIn("A file there is a no, unless it says exactly `enabled: true`."),
    ],
    [
      "see for some days what would leave",
      code("rasa-telemetry enable --local"),
      codeIn("Keeps reports on this machine and sends nothing; `rasa-telemetry log --local` shows them."),
    ],
    [
      "get another machine id",
      code("rasa-telemetry reset-id"),
      "What was recorded under the old one is deleted. Former ids are kept here, to quote them.",
    ],
    [
      "see reports without sending them",
      code("RASA_TELEMETRY_DEBUG=true"),
      "Each report is printed exactly as it would leave; nothing is written or sent.",
    ],
    [
      "delete the log of what was sent",
      code("rasa-telemetry log clear"),
      "Deletes it on this machine. Rasa keeps what was sent.",
    ],
    [
      "switch it on",
      code("rasa-telemetry enable"),
      "Stores the choice with its date, and that it is yours: reports leave at once.",
    ],
  ];
}

/** Every file under the home that this program keeps, as the program's own table of them says. */
function filesOf({ consent: { home } }: PageData): Markup {
  if (home === undefined) return markup`<p>Nothing: no home folder is known, so nothing can be kept.</p>`;
  const files: HomeFile[] = Object.values(HOME_FILES);
  const rows = files.map(({ path, holds }) => [code(path), holds]);
  return markup`<p>All of it is in the folder ${code(home.directory)}.</p>
${table("What is kept on this machine", ["File", "What it holds"], rows)}`;
}

/** Text with its addresses as links. */
function linked(text: string): Content[] {
  return text.split(/(https:\/\/\S+)/).map((part) => part.startsWith("https://") ? link(part) : part);
}

function link(url: string): Markup {
  return markup`<a href="${url}" rel="noreferrer">${url}</a>`;
}
