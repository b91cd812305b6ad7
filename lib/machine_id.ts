import type { Host } from "./host/host.ts";

/**
 * A machine id in the form that is stored and reported: 32 lower-case hex digits. Accepts those or a UUID, in any case;
 * undefined for anything else, which could be somebody's name. Source of the form: Rasa's `uuid4().hex`.
 */
export function parseMachineId(text: unknown): string | undefined {
  if (typeof text !== "string") return undefined;
  const hex = text.trim().toLowerCase();
  if (/^[0-9a-f]{32}$/.test(hex)) return hex;
  if (/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(hex)) return hex.replaceAll("-", "");
  return undefined;
}

/** A new machine id: random, made from nothing on the machine. */
export function newMachineId(host: Host): string {
  return host.uuid().replaceAll("-", "");
}

/** The id that RASA_TELEMETRY_MACHINE_ID gives, or undefined where it isn't set or isn't an id. */
export function readFleetId(host: Host): string | undefined {
  return parseMachineId(host.env("RASA_TELEMETRY_MACHINE_ID"));
}
