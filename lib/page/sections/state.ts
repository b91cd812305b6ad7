import { type Configuration, type DecidedBy, ruleOf, RULES } from "../../consent/rules.ts";
import { describeTold } from "../../consent/told.ts";
import { code, codeIn, isolated, moment, momentOf, number, type Section, table } from "../elements.ts";
import { type Content, type Markup, markup } from "../markup.ts";
import type { EnvironmentWord, PageData } from "../page_data.ts";

/** The section that says whether telemetry is on, by which rule, and since when. */
export function stateSection(data: PageData): Section {
  const { decision, warnings } = data;
  const word = decision.enabled ? "on" : "off";
  const columns = ["Rule", "What it means", "Here"];
  const marked = RULES.findIndex(({ decidedBy }) => decidedBy === decision.decidedBy);
  return {
    id: "state",
    heading: "Is telemetry on?",
    content: markup`
<div class="verdict ${word}">
<p class="word">Telemetry is <strong>${word}</strong>.</p>
<p>${whyInWords(data)}. ${effectInWords(data)}</p>
</div>
${warnings.length === 0 ? "" : markup`<ul class="warnings">${warnings.map(warningOf)}</ul>`}
<dl class="facts">${factsOf(data).map(([name, fact]) => markup`<div><dt>${name}</dt><dd>${fact}</dd></div>`)}</dl>
<h3>The rules</h3>
<p>The first rule that applies decides. The variables are those of the environment in which this page was made: another
shell, service or container may have others.</p>
${table("The rules that decide whether telemetry is on", columns, rulesOf(data), "rules", marked)}`,
  };
}

function warningOf(text: string): Markup {
  return markup`<li>${isolated(text)}</li>`;
}

function whyInWords({ decision, consent }: PageData): string {
  const broken = decision.decidedBy === "configuration" && consent.configuration?.kind === "broken";
  if (broken) return "The file global.yml can't be understood, and might hold a no";
  return `This was decided by ${ruleOf(decision.decidedBy).reason}`;
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
    ["Notice", toldInWords(data)],
    ["Machine id", machineId === undefined ? "none, or it was not looked up" : idInWords(machineId)],
    [decision.enabled ? "Reports go to" : "Reports would go to", code(endpoint)],
    ["Waiting", number(data.waiting.length)],
    ["In the sent log", number(data.sent.length)],
    ["Last delivery", lastInWords(data)],
    ["This page was made", moment(data.madeAt)],
  ];
}

function idInWords(machineId: string): Markup {
  return markup`${
    code(machineId)
  }, a random number. Every report carries it, so that Rasa can find those of this machine`;
}

function sinceInWords(decidedBy: DecidedBy, configuration: Configuration | undefined): Content {
  if (decidedBy !== "configuration") return ruleOf(decidedBy).since;
  if (configuration?.kind !== "stored") return "not known";
  const { date } = configuration.stored;
  return date === "" ? ruleOf(decidedBy).since : markup`${momentOf(date)}, when the choice was stored`;
}

function toldInWords({ consent, decision, environment }: PageData): string {
  if (!consent.told && !decision.enabled) return "not needed while telemetry is off";
  return describeTold(consent.told, consent.configuration, environment.enabled === true);
}

function lastInWords({ lastDelivery }: PageData): Content {
  if (lastDelivery === null) return "none yet";
  const { at, reports, outcome, status } = lastDelivery;
  return markup`${momentOf(at)}: ${number(reports)} ${outcome} (${status === null ? "no answer" : `HTTP ${status}`})`;
}

/** What each rule finds on this machine. */
const HERE: Readonly<Record<DecidedBy, (data: PageData) => Content>> = {
  license({ consent: { licence } }) {
    if (licence === undefined) return "no licence was found";
    if (licence.problem !== undefined) {
      return markup`a licence was found that counts as none: ${isolated(licence.problem)}`;
    }
    return licence.locksTelemetry ? "there is one" : "a licence of another kind, which leaves the choice open";
  },
  RASA_TELEMETRY_ENABLED: ({ environment: { enabled } }) =>
    enabled === undefined ? "not set" : `set: ${enabled ? "on" : "off"}`,
  DO_NOT_TRACK: ({ environment: { doNotTrack } }) => DO_NOT_TRACK_HERE[doNotTrack],
  configuration: ({ consent: { configuration } }) => configurationHere(configuration),
  unwritable({ decision, consent }) {
    if (decision.decidedBy === "unwritable") return "no folder can be written";
    return decision.enabled && !consent.byEnvironment ? "a folder can be written" : "not tried: it wasn't needed";
  },
  default: ({ decision: { decidedBy } }) => decidedBy === "default" ? "nobody has chosen yet" : "not needed",
};

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
  return RULES.map(({ decidedBy, heading, effect }) => {
    const tag = decidedBy === data.decision.decidedBy ? markup` <b class="tag">decides</b>` : "";
    return [codeIn(heading), codeIn(effect), markup`${HERE[decidedBy](data)}${tag}`];
  });
}
