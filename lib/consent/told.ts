import type { Home } from "../home.ts";
import type { Host } from "../host/host.ts";
import { replaceFile } from "../host/replace_file.ts";
import { sha256 } from "../sha256.ts";
import { placeKey } from "./place.ts";
import type { ConsentRecord, Telling } from "./record.ts";

/** Where a telling counts: what the name of a told file is made of. */
export type ToldAbout = Pick<Telling, "notice" | "addressee"> & Pick<ConsentRecord, "place">;

/**
 * The path of the file that says that this notice was shown at this place, so that one look tells a host whether
 * anybody must be told. Whoever was told off a terminal is told once more on the first one: that has a file of its own.
 */
export async function toldFile(home: Home, about: ToldAbout, terminal: boolean): Promise<string> {
  const text = `notice ${about.notice}\naddressee ${about.addressee}\nplace ${placeKey(about.place)}\n`;
  return `${home.toldFile}-${(await sha256(text)).slice(0, 32)}${terminal ? "-terminal" : ""}`;
}

/** Leaves the files that say that somebody was told so. Throws `FileFault`. */
export async function leaveTold(host: Host, home: Home, about: ToldAbout, terminal: boolean): Promise<void> {
  for (const kind of terminal ? [false, true] : [false]) {
    replaceFile(host, await toldFile(home, about, kind), "", { sync: "nothing" });
  }
}
