import type { Host } from "../host/host.ts";
import { TERMS_URL } from "../licence/licence.ts";
import { clockTime } from "../terminal/clock_time.ts";
import { paragraph, table } from "../terminal/table.ts";

/** What a notice says that isn't the same everywhere. */
export interface NoticeFacts {
  /** Whether the licence doesn't let telemetry be switched off. */
  readonly locked: boolean;
  /** Who receives reports, by the name that the build gives. */
  readonly addressee: string;
  /** Before this moment nothing leaves. */
  readonly leavesFrom: Date;
  readonly now: Date;
}

/** The facts of a notice in a document, where the moment can only be described: `Nothing leaves before` that. */
export interface NoticeWords extends Pick<NoticeFacts, "locked" | "addressee"> {
  readonly leavesFrom: string;
}

/** The widest that the notice is laid out, in columns, and its width where no terminal says one. */
const NOTICE_COLUMNS = 80;

/** The notice, laid out for the terminal that standard error is. */
export function noticeFor({ terminal: { stderr, columns } }: Pick<Host, "terminal">, facts: NoticeFacts): string {
  return layOut(facts, stderr && columns !== undefined ? Math.min(columns, NOTICE_COLUMNS) : NOTICE_COLUMNS);
}

/** The notice as a plain text. */
export function noticeText(facts: NoticeFacts | NoticeWords): string {
  return layOut(facts, NOTICE_COLUMNS);
}

type Row = readonly [label: string, text: string];

const SUMMARY = "Rasa Pro reports how it is used, to help Rasa improve it.";

const CONTENT = "a stable id of this machine, a hash of your licence, the name of its company; features, " +
  "project sizes, versions, kind of machine, errors";

const SWITCHES: readonly Row[] = [
  ["", "RASA_TELEMETRY_DEBUG=true (prints, sends nothing)"],
  ["Off", "rasa telemetry disable or rasa-telemetry disable"],
  ["", "RASA_TELEMETRY_ENABLED=false or DO_NOT_TRACK=1"],
  ["", "Support may then be less tailored to you."],
];

const LOCKED = "Under your Developer Edition Extended licence telemetry can't be switched off.";

/** What people are told. Source of the promises and the addresses: Rasa's public telemetry documentation. */
function layOut(facts: NoticeFacts | NoticeWords, width: number): string {
  const { locked, addressee } = facts;
  const rows: readonly Row[] = [
    ["What", CONTENT],
    ["Never", "training data, messages, the techniques of your assistant"],
    ["Sent to", `${addressee}, on behalf of Rasa`],
    ["See it", "rasa-telemetry inspect (what would leave)"],
    ["", "rasa-telemetry log (what has left)"],
    ...(locked ? [] : SWITCHES),
    ["About", "https://rasa.com/docs/reference/telemetry/"],
    ["Privacy", "https://rasa.com/product-privacy/"],
    ["Licence", TERMS_URL],
  ];
  const aligned = table(rows.map(([label, text]) => [`  ${label}`, text]), width);
  const last = locked
    ? LOCKED
    : `Nothing leaves before ${"now" in facts ? clockTime(facts.leavesFrom, facts.now) : facts.leavesFrom}.`;
  return [paragraph(SUMMARY, width), aligned, paragraph(last, width)].join("\n");
}
