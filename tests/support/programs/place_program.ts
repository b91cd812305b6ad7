import { readPlace } from "../../../lib/consent/place.ts";
import { commandLine, denoHost } from "../../../lib/host/deno_host.ts";

/** Prints the place of a home, as JSON. Arguments: the home's path, and `container` where the program runs in one. */
const host = denoHost();
const [home = "", kind] = commandLine();
host.stdout(JSON.stringify(await readPlace(host, home, kind === "container")));
