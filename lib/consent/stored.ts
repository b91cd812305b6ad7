import type { Host } from "../host/host.ts";
import type { Consent } from "./ground.ts";
import { judge, readConfigurationEarly, readHere } from "./judge.ts";
import { isYes } from "./rules.ts";

/**
 * What is stored on this machine: the consent that would hold if neither a variable nor a policy said no. It is the
 * consent itself where none does. For people who ask: to record or send, nobody needs to know, and no file is opened.
 */
export async function readStored(host: Host, consent: Consent): Promise<Consent> {
  const { configuration, ground, home } = consent;
  if (configuration !== undefined) return consent;
  const here = home === undefined ? ground : await readHere(host, home);
  const { enabledVariable } = ground.settings;
  const settings = {
    ...ground.settings,
    doNotTrack: undefined,
    enabledVariable: isYes(enabledVariable) ? enabledVariable : undefined,
  };
  return judge(host, { ...ground, ...here, settings }, undefined, await readConfigurationEarly(host, home));
}
