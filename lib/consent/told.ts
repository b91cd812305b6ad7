import type { Home } from "../home.ts";
import type { Host } from "../host/host.ts";
import { isThere } from "../host/or_else.ts";
import { replaceFile } from "../host/replace_file.ts";
import { sha256 } from "../sha256.ts";
import { type Place, placeKey } from "./place.ts";
import type { Telling } from "./record.ts";

/** What the name of a told file is made of. The place is where a host looks, not where the record was written. */
export type ToldAbout = Pick<Telling, "notice" | "addressee"> & { readonly place: Place };

/**
 * The path of the file that says that this notice was shown at this place, so that one look tells a host whether
 * anybody must be told. Whoever was told off a terminal is told once more on the first one: that has a file of its own.
 */
export async function toldFile(home: Home, about: ToldAbout, terminal: boolean): Promise<string> {
  const text = `notice ${about.notice}\naddressee ${about.addressee}\nplace ${placeKey(about.place)}\n`;
  return `${home.toldFile}-${(await sha256(text)).slice(0, 32)}${terminal ? "-terminal" : ""}`;
}

/** Leaves those of the files that say that somebody was told so which aren't there yet. Throws `FileFault`. */
export async function leaveTold(host: Host, home: Home, about: ToldAbout, terminal: boolean): Promise<void> {
  for (const kind of terminal ? [false, true] : [false]) {
    const path = await toldFile(home, about, kind);
    if (isThere(host, path) === false) replaceFile(host, path, "", { sync: "nothing" });
  }
}
