import type { EndToEnd } from "../scenes/end_to_end.ts";
import { NOTICE_NUMBER } from "../../../lib/consent/notice_number.ts";
import { readPlace } from "../../../lib/consent/place.ts";
import { CONTAINER_MARKERS } from "../../../lib/host/container.ts";
import { denoHost } from "../../../lib/host/deno_host.ts";
import { isThere } from "../../../lib/host/or_else.ts";
import { recordOf, STORED_ON } from "../scenes/scene.ts";

/** What the end-to-end tests find in the queue's folder of a real home, and put there by hand. */

/** Command lines that record the smallest event. */
export const TRACK = ["track", "Shell Started"];
export const TRACK_JSON = [...TRACK, "--json"];
export const QUEUE_ONLY = [...TRACK_JSON, "--timeout", "0"];

/**
 * Leaves what a user's own yes to the binaries of `127.0.0.1` leaves, under `MACHINE_ID`, and an empty queue. Gives the
 * queue's folder.
 */
export async function tellUser(home: string): Promise<string> {
  const queue = queueOf(home);
  await Deno.mkdir(queue, { recursive: true });
  await Deno.writeTextFile(`${home}/.config/rasa/global.yml`, STORED_ON);
  const inContainer = CONTAINER_MARKERS.some((path) => isThere(denoHost(), path) === true);
  const place = await readPlace(denoHost(), queue, inContainer);
  const asked = { at: new Date().toISOString(), notice: NOTICE_NUMBER, addressee: "127.0.0.1" };
  await Deno.writeTextFile(`${queue}/consent.json`, recordOf({ place, asked }), { mode: 0o600 });
  await Deno.writeTextFile(`${queue}/sending.lock`, "", { mode: 0o600 });
  return queue;
}

/** Where a home keeps what waits, and the state of deliveries. */
export function queueOf(home: string): string {
  return `${home}/.config/rasa/telemetry`;
}

/** The names of the files of the reports that wait, oldest first. */
export async function waitingIn(queue: string): Promise<string[]> {
  const entries = await Array.fromAsync(Deno.readDir(queue));
  return entries.filter(({ name, isFile }) => isFile && /^\d{15}-.*\.json$/.test(name)).map(({ name }) => name).sort();
}

/** The messageIds of the reports that wait, oldest first. */
export async function waitingIds({ home }: EndToEnd): Promise<string[]> {
  return (await waitingIn(queueOf(home))).map(messageIdIn);
}

/** What the last request left for the next one, as it is stored. */
export async function deliveryState({ home }: EndToEnd): Promise<Record<string, unknown>> {
  return JSON.parse(await Deno.readTextFile(`${queueOf(home)}/delivery.json`));
}

/** Forgets the last request, so that the next start tries again whatever became of it. */
export async function forgetDelivery({ home }: EndToEnd): Promise<void> {
  await Deno.remove(`${queueOf(home)}/delivery.json`).catch(() => {});
}

/** The entries of the log of sent reports, oldest first. */
export async function sentLog({ home }: EndToEnd): Promise<Record<string, unknown>[]> {
  const text = await Deno.readTextFile(`${queueOf(home)}/sent.log`);
  return text.split("\n").filter((line) => line !== "").map((line) => JSON.parse(line));
}

/** A file of the queue. */
export interface QueueFile {
  readonly name: string;
  readonly content: string;
}

/** Queues a report and takes its file away again, as a pattern for others. */
export async function takePattern(here: EndToEnd, queue: string): Promise<QueueFile> {
  await here.run(QUEUE_ONLY);
  const [name = ""] = await waitingIn(queue);
  const content = await Deno.readTextFile(`${queue}/${name}`);
  await Deno.remove(`${queue}/${name}`);
  return { name, content };
}

/** Another report like it with an id of its own, recorded at another time. */
export function another({ name, content }: QueueFile, milliseconds: number): QueueFile {
  const id = crypto.randomUUID();
  const order = String(milliseconds).padStart(15, "0");
  const oldId = messageIdIn(name);
  return { name: `${order}-${name.slice(16).replace(oldId, id)}`, content: content.replaceAll(oldId, id) };
}

/** The messageId in the name of a report's file. */
export function messageIdIn(name: string): string {
  return name.slice(16, 52);
}

/** Puts `count` files into a folder. */
export function plantFiles(folder: string, count: number, file: (index: number) => QueueFile): void {
  for (let index = 0; index < count; index++) {
    const { name, content } = file(index);
    Deno.writeTextFileSync(`${folder}/${name}`, content);
  }
}
