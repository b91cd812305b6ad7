import { type Consent, isByEnvironment } from "../../consent/consent.ts";
import type { Outlook } from "../../consent/outlook.ts";
import { PERMISSIONS } from "../../consent/permission.ts";
import { chosenAt, whyNotTold } from "../../consent/describe.ts";
import { type RuleId, ruleOf, RULES } from "../../consent/rules.ts";
import { code, codeIn, counted, isolated, moment, momentOf, number, type Section, table } from "../elements.ts";
import { type Content, type Markup, markup } from "../markup.ts";
import { countWithheld } from "../../report/withheld.ts";
import { countOutcomes } from "../../sender/sent_counts.ts";
import type { EnvironmentWord, PageData } from "../page_data.ts";

/** The section that says whether telemetry is on, by which rule, and since when. */
export function stateSection(data: PageData): Section {
  const { decision, warnings } = data;
  const word = decision.enabled ? "on" : "off";
  const columns = ["Rule", "What it means", "Here"];
  const marked = RULES.findIndex(({ id }) => id === decision.rule);
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
<p>Any no wins: the first rule that applies decides. The variables are those of the environment in which this page was
made: another shell, service or container may have others.</p>
${table("The rules that decide whether telemetry is on", columns, rulesOf(data), "rules", marked)}`,
  };
}

function warningOf(text: string): Markup {
  return markup`<li>${isolated(text)}</li>`;
}

function whyInWords({ decision, consent }: PageData): Content {
  const { reason } = ruleOf(decision);
  const { policy } = consent;
  return decision.rule === "policy" && policy !== undefined
    ? markup`This was decided by ${reason}, ${code(policy)}`
    : `This was decided by ${reason}`;
}

/** What becomes of a report that is recorded now. */
function effectInWords({ decision, debug, hasWriteKey, outlook, recipient, madeAt }: PageData): Content {
  if (!decision.enabled) return "Nothing is recorded or sent.";
  if (debug) return "RASA_TELEMETRY_DEBUG is set: reports are printed, and nothing is kept or sent.";
  if (outlook.permission === "local") return "Reports are kept on this machine, and none is ever sent.";
  if (!hasWriteKey) return "This build has no write key, so nothing is kept or sent.";
  return markup`Reports go to ${isolated(recipient)} and to nobody else. A report that is recorded now leaves ${
    outlookInWords(outlook, madeAt)
  }.`;
}

function factsOf(data: PageData): [string, Content][] {
  const { decision, machineId, endpoint, recipient } = data;
  return [
    ["Since", sinceInWords(data)],
    ["Permission", permissionInWords(data)],
    ["Notice", toldInWords(data)],
    ["Machine id", machineId === undefined ? "none yet" : idInWords(machineId)],
    [
      decision.enabled && decision.rule !== "local" ? "Reports go to" : "Reports would go to",
      markup`${isolated(recipient)} at ${code(endpoint)}`,
    ],
    ["Waiting", number(data.waiting.length)],
    ["In the sent log", sentInWords(data)],
    ["Withheld", withheldFact(data)],
    ["Last delivery", lastInWords(data)],
    ["Kept in", data.consent.home === undefined ? "no folder is known" : code(data.consent.home.directory)],
    ["This page was made", moment(data.madeAt)],
  ];
}

function sentInWords({ sent }: PageData): Content {
  if (sent.length === 0) return number(0);
  const { delivered, rejected, attempted } = countOutcomes(sent);
  return `${number(sent.length)}: ${number(delivered)} delivered, ${number(rejected)} refused, ${
    number(attempted)
  } attempted`;
}

/** From how much of what is shown here something was withheld. */
function withheldFact({ sent, waiting }: PageData): Content {
  const { reports } = countWithheld([...sent, ...waiting.filter((queued) => queued !== undefined)]);
  return reports === 0
    ? "nothing, of what waits and what was sent"
    : markup`something, from ${counted(reports, "report")}`;
}

function idInWords(machineId: string): Markup {
  return markup`${
    code(machineId)
  }, a random number. Every report carries it, so that Rasa can find those of this machine`;
}

function sinceInWords({ decision, stored }: PageData): Content {
  const since = chosenAt(decision, stored);
  return since === null ? ruleOf(decision).since : markup`${momentOf(since)}, when the choice was made`;
}

function permissionInWords({ outlook: { permission } }: PageData): Content {
  if (permission === null) return "none: nothing is recorded";
  if (permission === "local") return "none: what is recorded stays on this machine";
  return markup`${code(permission)}: ${codeIn(PERMISSIONS[permission].recorded)}`;
}

/** When a report leaves that is recorded now: behind "leaves". */
function outlookInWords({ permission, leavesFrom }: Outlook, now: Date): Content {
  if (permission === "untold") {
    return "an hour after users were told, and never if they are told more than an hour from now";
  }
  if (leavesFrom === null && permission === "licence") return "once the newest notice was shown";
  if (leavesFrom === null) return "an hour after the newest notice was shown";
  return leavesFrom > now ? markup`from ${moment(leavesFrom)} on` : "at once";
}

function toldInWords({ stored }: PageData): Content {
  const { told } = stored.standing.record;
  if (told === null) return whyNotTold(stored);
  const where = told.terminal ? "on a terminal" : "off a terminal";
  return markup`shown ${momentOf(told.at)}, ${where}; notice ${number(told.notice)}, which named ${
    isolated(told.addressee)
  }`;
}

function lastInWords({ lastDelivery }: PageData): Content {
  if (lastDelivery === null) return "none yet";
  const { at, reports, outcome, status } = lastDelivery;
  return markup`${momentOf(at)}: ${number(reports)} ${outcome} (${status === null ? "no answer" : `HTTP ${status}`})`;
}

/** What each rule finds on this machine. */
const HERE: Readonly<Record<RuleId, (data: PageData) => Content>> = {
  licence({ consent: { licence } }) {
    if (licence === undefined) return "no licence was found";
    if (licence.problem !== undefined) {
      return markup`a licence was found that counts as none: ${isolated(licence.problem)}`;
    }
    return licence.lockedUntil !== null ? "there is one" : "a licence of another kind, which leaves the choice open";
  },
  "variable off": ({ environment: { enabled } }) => enabled === false ? "set: off" : "doesn't",
  DO_NOT_TRACK: ({ environment: { doNotTrack } }) => DO_NOT_TRACK_HERE[doNotTrack],
  home: ({ consent: { ground: { settings } } }) => settings.misplaced ? "set so" : "isn't set so",
  policy({ consent: { policy, configuration } }) {
    if (policy !== undefined) return markup`says no: ${code(policy)}`;
    return configuration === undefined ? "not looked for: it wasn't needed" : "none was found";
  },
  "stored no": ({ stored }) => configurationHere(stored),
  local: ({ decision }) => decision.rule === "local" ? "stored" : "not stored",
  "variable on": ({ environment: { enabled } }) => enabled === true ? "set: on" : "doesn't",
  broken({ stored: { configuration } }) {
    return configuration?.kind === "broken" ? markup`can't be used: ${isolated(configuration.problem)}` : "isn't so";
  },
  unwritable({ decision, consent }) {
    if (decision.rule === "unwritable") return "nothing can be kept";
    return decision.enabled && !isByEnvironment(consent) ? "a folder can be written" : "not tried: it wasn't needed";
  },
  "stored yes": ({ stored: { standing: { record: { asked } } } }) =>
    asked === null ? "nobody said so here" : markup`said ${momentOf(asked.at)}`,
  build: ({ decision: { rule } }) => rule === "build" ? "this build is so" : "this build isn't so",
  default: ({ decision: { rule } }) => rule === "default" ? "nobody has chosen yet" : "not needed",
};

const DO_NOT_TRACK_HERE: Readonly<Record<EnvironmentWord["doNotTrack"], string>> = {
  unset: "not set",
  off: "set: off",
  nothing: "set, but to nothing or 0, which says nothing",
};

function configurationHere({ configuration, overwritten }: Consent): Content {
  if (overwritten) return "says again what it said before the choice, which a program wrote over: the choice holds";
  switch (configuration?.kind) {
    case undefined:
    case "silent":
      return configuration?.fileExists ? "says nothing about telemetry" : "there is no such file";
    case "broken":
      return "can't be told: see below";
    case "stored": {
      const { enabled, traitsEnabled, date } = configuration.stored;
      const traits = enabled && !traitsEnabled ? ", but not for traits" : "";
      return markup`says ${enabled ? "on" : "off"}${traits}${date === "" ? "" : markup`, since ${momentOf(date)}`}`;
    }
  }
}

function rulesOf(data: PageData): Content[][] {
  return RULES.map(({ id, heading, effect }) => {
    const tag = id === data.decision.rule ? markup` <b class="tag">decides</b>` : "";
    return [codeIn(heading), codeIn(effect), markup`${HERE[id](data)}${tag}`];
  });
}
