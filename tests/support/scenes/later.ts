import { HOUR_MS } from "../../../lib/consent/permission.ts";

/**
 * Lets time pass for what is kept in a home (`~/.config/rasa`): every date in it is set back by so much, and a second.
 * The machine's own clock can't be moved.
 */
export async function letPass(rasa: string, milliseconds = HOUR_MS): Promise<void> {
  const folder = `${rasa}/telemetry`;
  const byMs = milliseconds + 1_000;
  for (const { name } of await Array.fromAsync(Deno.readDir(folder))) {
    const path = `${folder}/${name}`;
    if (name === "consent.json") await replace(path, datesBack(await Deno.readTextFile(path), byMs));
    const place = /^(\d{15})(-.*\.json)$/.exec(name);
    if (place === null) continue;
    const text = await Deno.readTextFile(path);
    await replace(path, text.replace(/"at":(\d+)/, (_, at) => `"at":${Number(at) - byMs}`));
    const earlier = String(Number(place[1]) - byMs).padStart(15, "0");
    await Deno.rename(path, `${folder}/${earlier}${place[2]}`);
  }
}

/** In one step: a process may read it at any time. */
async function replace(path: string, text: string): Promise<void> {
  await Deno.writeTextFile(`${path}.later`, text, { mode: 0o600 });
  await Deno.rename(`${path}.later`, path);
}

function datesBack(text: string, byMs: number): string {
  return text.replace(
    /"(at|first)": "([^"]+)"/g,
    (_, name, at) => `"${name}": "${new Date(Date.parse(at) - byMs).toISOString()}"`,
  );
}
