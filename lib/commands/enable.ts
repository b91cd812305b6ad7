import { printDecision, refuse, requireHome, withAdvice } from "../cli/choice.ts";
import { type Command, JSON_OPTION } from "../cli/command.ts";
import { endRequests } from "../cli/end_requests.ts";
import { ExitCode } from "../cli/exit_code.ts";
import { chooseLocal, chooseYes } from "../consent/choose.ts";
import { type Consent, readConsent } from "../consent/consent.ts";
import { reasonInWords } from "../consent/describe.ts";
import { NOTICE_NUMBER } from "../consent/notice_number.ts";
import type { ConsentRecord } from "../consent/record.ts";
import type { Home } from "../home.ts";
import type { Host } from "../host/host.ts";
import { dropHopeless } from "../sender/sweep.ts";
import { printable } from "../terminal/printable.ts";

/** `enable` */
export const enable: Command = {
  name: "enable",
  summary: "switch telemetry on, and keep that choice",
  description:
    `Stores the choice and its date in global.yml, for Rasa's own tools too, and that it is yours: reports leave at
once. What was recorded before anybody was told is deleted, unless the notice was shown within the hour after it.

--local keeps every report on this machine, in a log of its own (rasa-telemetry log --local), and sends nothing; what
waits is deleted. A licence that doesn't let telemetry be switched off refuses it (exit code 3), and comes before it.
Rasa's own tools find telemetry switched off. Any change of global.yml by somebody else ends it. --json prints
{"enabled", "decidedBy"}.`,
  options: { json: JSON_OPTION, local: { kind: "switch", help: "keep reports on this machine, and send nothing" } },
  examples: [
    ["rasa-telemetry enable", "switch telemetry on"],
    ["rasa-telemetry enable --local", "see for some days what would leave"],
  ],
  async run(host, build, invocation) {
    const before = await readConsent(host, build);
    const wanted = invocation.switches.has("local") ? LOCAL : ON;
    if (wanted === LOCAL && before.decidedBy === "licence") {
      return await refuse(host, build, invocation, "keep reports on this machine alone");
    }
    const home = requireHome(before.home);
    dropHopeless(host, home, await store(host, home, before, wanted));
    // What another process sends was recorded before this choice, which says that nothing is sent.
    if (wanted === LOCAL) await endRequests(host, home);
    const now = await readConsent(host, build);
    // A variable or a licence that keeps telemetry on is what this choice wants too.
    const isSo = now.rule === wanted.rule || (wanted === ON && now.enabled);
    if (isSo) host.say(`${before.rule === wanted.rule ? wanted.already : wanted.now}\n`);
    else host.problem(`The choice is stored, but what comes first is ${reasonInWords(now, printable)}`);
    await printDecision(host, build, invocation);
    return ExitCode.Done;
  },
};

/** A choice of this command: the rule that it makes decide, and what is said of it. */
interface Wanted {
  readonly rule: "stored yes" | "local";
  readonly now: string;
  readonly already: string;
}

const ON: Wanted = {
  rule: "stored yes",
  now: "Telemetry is on.",
  already: "Telemetry was on already.",
};
const LOCAL: Wanted = {
  rule: "local",
  now: "Reports are kept on this machine from now on, and nothing is sent.",
  already: "Reports were kept on this machine already.",
};

/** Throws `UsageError` where the choice can't be stored. */
async function store(host: Host, home: Home, consent: Consent, { rule }: Wanted): Promise<ConsentRecord> {
  try {
    if (rule === "local") return await chooseLocal(host, home, consent);
    return await chooseYes(host, home, consent, NOTICE_NUMBER);
  } catch (error) {
    throw withAdvice(error);
  }
}
