import { Authority } from "../../tests/support/programs/authority.ts";

/**
 * Makes an authority and a certificate for `localhost`, and puts them into the given folder: `authority.pem`, `cert.pem`,
 * `key.pem`. A program of its own, because it needs libraries that the benchmark itself does without.
 */
const [folder] = Deno.args;
const authority = await Authority.create();
const { cert, key } = await authority.issue();
await Deno.writeTextFile(`${folder}/authority.pem`, authority.pem);
await Deno.writeTextFile(`${folder}/cert.pem`, cert);
await Deno.writeTextFile(`${folder}/key.pem`, key);
