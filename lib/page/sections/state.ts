import type { Configuration, DecidedBy } from "../../consent/rules.ts";
import { code, facts, isolated, moment, momentOf, number, type Section, table } from "../elements.ts";
import { type Content, type Markup, markup } from "../markup.ts";
import type { EnvironmentWord, PageData } from "../page_data.ts";

/** Whether telemetry is on, by which rule, and since when. */
export function stateSection(data: PageData): Section {
  const { decision, warnings } = data;
  const word = decision.enabled ? "on" : "off";
  const rules = table(
    "The rules that decide whether telemetry is on",
    ["Rule", "What it means", "Here"],
    rulesOf(data),
    {
      name: "rules",
      marked: RULES.findIndex(({ decidedBy }) => decidedBy.includes(decision.decidedBy)),
    },
  );
  return {
    id: "state",
    heading: "Is telemetry on?",
    content: markup`
<div class="verdict ${word}">
<p class="word">Telemetry is <strong>${word}</strong>.</p>
<p>${whyInWords(data)}. ${effectInWords(data)}</p>
</div>
${warnings.length === 0 ? "" : warningsOf(warnings)}
${facts(factsOf(data))}
<h3>The rules</h3>
<p>The first that says something decides. The variables are those of the environment in which this page was made: another
shell, service or container may have others.</p>
${rules}`,
  };
}

function warningsOf(warnings: readonly string[]): Markup {
  return markup`<ul class="warnings">${warnings.map((text) => markup`<li>${isolated(text)}</li>`)}</ul>`;
}

/** Each rule as a sentence behind "Telemetry is on." or "off." */
const WHY: Readonly<Record<DecidedBy, string>> = {
  license: "A Developer Edition Extended licence decides, under which it can't be switched off",
  RASA_TELEMETRY_ENABLED: "The variable RASA_TELEMETRY_ENABLED decides",
  DO_NOT_TRACK: "The variable DO_NOT_TRACK decides",
  configuration: "The choice stored in global.yml decides",
  default: "The default decides: nobody has chosen yet",
  unwritable: "Nothing can be kept on this machine: no folder can be written",
};

function whyInWords({ decision, consent }: PageData): string {
  const broken = decision.decidedBy === "configuration" && consent.configuration?.kind === "broken";
  return broken ? "The file global.yml can't be understood, and might hold a no" : WHY[decision.decidedBy];
}

/** What becomes of a report that is recorded now. */
function effectInWords({ decision, debug, hasWriteKey, consent, endpoint }: PageData): Content {
  if (!decision.enabled) return "Nothing is recorded, kept or sent.";
  if (debug) return "RASA_TELEMETRY_DEBUG is set: reports are printed, and nothing is kept or sent.";
  if (!hasWriteKey) return "This build has no write key, so nothing is kept or sent.";
  if (!consent.told) return "No report leaves before users were told: until the notice is shown, reports wait here.";
  return markup`Reports go to ${code(endpoint)} and to nobody else.`;
}

function factsOf(data: PageData): [string, Content][] {
  const { consent, decision, machineId, endpoint } = data;
  return [
    ["Since", sinceInWords(decision.decidedBy, consent.configuration)],
    ["Users were told", toldInWords(data)],
    [
      "Machine id",
      machineId === undefined
        ? "none, or it was not looked up"
        : markup`${code(machineId)}, a random number. Every report carries it: by it Rasa finds those of this machine`,
    ],
    [decision.enabled ? "Reports go to" : "Reports would go to", code(endpoint)],
    ["Waiting", number(data.waiting.length)],
    ["In the sent log", number(data.sent.length)],
    ["Last delivery", lastInWords(data)],
    ["This page was made", moment(data.madeAt)],
  ];
}

function sinceInWords(decidedBy: DecidedBy, configuration: Configuration | undefined): Content {
  switch (decidedBy) {
    case "license":
      return "for as long as the licence is valid";
    case "RASA_TELEMETRY_ENABLED":
    case "DO_NOT_TRACK":
      return "for as long as the variable is set; when that began is not recorded anywhere";
    case "configuration":
      if (configuration?.kind !== "stored") return "not known";
      return configuration.stored.date === ""
        ? "not known: the choice carries no date"
        : markup`${momentOf(configuration.stored.date)}, when the choice was stored`;
    case "default":
      return "the beginning: no choice was ever stored";
    case "unwritable":
      return "for as long as no folder can be written";
  }
}

function toldInWords({ consent, decision, environment }: PageData): string {
  if (consent.configuration?.kind === "stored") return "yes: the notice was shown, or a choice was stored";
  if (consent.told) {
    return environment.enabled ? "they count as told: the environment says on" : "yes: the notice was shown";
  }
  return decision.enabled
    ? "no: reports are held until rasa-telemetry init has shown the notice"
    : "not needed while it is off";
}

function lastInWords({ lastDelivery }: PageData): Content {
  if (lastDelivery === null) return "none yet";
  const { at, reports, outcome, status } = lastDelivery;
  return markup`${momentOf(at)}: ${number(reports)} ${outcome} (${status === null ? "no answer" : `HTTP ${status}`})`;
}

interface Rule {
  /** Made when it is needed: every start of the program passes here. */
  name(): Content;
  readonly decidedBy: readonly DecidedBy[];
  readonly effect: string;
  here(data: PageData): Content;
}

/** The rules in their order. */
const RULES: readonly Rule[] = [
  {
    name: () => "A valid Developer Edition Extended licence",
    decidedBy: ["license"],
    effect: "on, and can't be switched off",
    here: ({ consent: { licence } }) => {
      if (licence === undefined) return "no licence was found";
      if (licence.problem !== undefined) {
        return markup`a licence was found that counts as none: ${isolated(licence.problem)}`;
      }
      return licence.locksTelemetry ? "there is one" : "a licence of another kind, which leaves the choice open";
    },
  },
  {
    name: () => code("RASA_TELEMETRY_ENABLED"),
    decidedBy: ["RASA_TELEMETRY_ENABLED"],
    effect: "on for true, 1, yes and on; off for anything else",
    here: ({ environment: { enabled } }) => enabled === undefined ? "not set" : `set: ${enabled ? "on" : "off"}`,
  },
  {
    name: () => code("DO_NOT_TRACK"),
    decidedBy: ["DO_NOT_TRACK"],
    effect: "off, unless it is empty or 0",
    here: ({ environment: { doNotTrack } }) => DO_NOT_TRACK_HERE[doNotTrack],
  },
  {
    name: () => markup`The choice stored in ${code("global.yml")}`,
    decidedBy: ["configuration"],
    effect: "as stored; off where the file can't be understood",
    here: ({ consent: { configuration } }) => configurationHere(configuration),
  },
  {
    name: () => "None of these",
    decidedBy: ["default", "unwritable"],
    effect: "on, but held until the notice was shown; off where nothing can be kept",
    here: ({ decision: { decidedBy } }) => {
      if (decidedBy === "default") return "nobody has chosen yet";
      return decidedBy === "unwritable" ? "no folder can be written" : "not needed";
    },
  },
];

const DO_NOT_TRACK_HERE: Readonly<Record<EnvironmentWord["doNotTrack"], string>> = {
  unset: "not set",
  off: "set: off",
  nothing: "set, but to nothing or 0, which says nothing",
};

function configurationHere(configuration: Configuration | undefined): Content {
  switch (configuration?.kind) {
    case undefined:
      return "not opened: it wasn't needed";
    case "silent":
      return configuration.fileExists ? "says nothing about telemetry" : "there is no such file";
    case "broken":
      return markup`can't be used: ${isolated(configuration.problem)}`;
    case "stored": {
      const { enabled, traitsEnabled, date } = configuration.stored;
      const traits = enabled && !traitsEnabled ? ", but not for traits" : "";
      return markup`says ${enabled ? "on" : "off"}${traits}${date === "" ? "" : markup`, since ${momentOf(date)}`}`;
    }
  }
}

function rulesOf(data: PageData): Content[][] {
  const { decidedBy } = data.decision;
  return RULES.map((rule) => [
    rule.name(),
    rule.effect,
    markup`${rule.here(data)}${rule.decidedBy.includes(decidedBy) ? markup` <b class="tag">decides</b>` : ""}`,
  ]);
}
