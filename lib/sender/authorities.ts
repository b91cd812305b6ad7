import { FileFault, type Host } from "../host/host.ts";
import type { Variable } from "../host/variables.ts";

/** Largest file of authorities that is read, in bytes. */
const MAX_AUTHORITIES_BYTES = 8 * 1024 * 1024;
/** A certificate in PEM. OpenSSL's `BEGIN TRUSTED CERTIFICATE` holds more than one, and the runtime can't read it. */
const CERTIFICATE = /-----BEGIN CERTIFICATE-----([^-]*)-----END CERTIFICATE-----/g;
/** What every certificate begins with in base64: a sequence whose length takes one to three more bytes. */
const SEQUENCE = /^\s*MI/;

/** The variable that names a file of additional authorities, and the file; undefined where none does. */
function namedFile(host: Host): { readonly variable: Variable; readonly path: string } | undefined {
  for (const variable of ["SSL_CERT_FILE", "REQUESTS_CA_BUNDLE"] as const) {
    const path = host.env(variable);
    if (path) return { variable, path };
  }
  return undefined;
}

/**
 * The certificates that SSL_CERT_FILE or, without it, REQUESTS_CA_BUNDLE names, one by one: the runtime refuses a whole
 * file for one that it can't read. None where the file can't be read.
 */
export function readAuthorities(host: Host): string[] {
  const file = namedFile(host);
  const text = file === undefined ? "" : readText(host, file.path);
  return text instanceof FileFault ? [] : text.match(CERTIFICATE) ?? [];
}

/** Why the file that is named adds no authority, for people; undefined where it does, or none is named. */
export function describeUnusable(host: Host): string | undefined {
  const file = namedFile(host);
  if (file === undefined) return undefined;
  const text = readText(host, file.path);
  const effect = "only the public authorities are trusted; it must be a PEM file with BEGIN CERTIFICATE in it";
  if (text instanceof FileFault) return `${file.variable} names a file that can't be read (${text.code}): ${effect}`;
  const isUsable = [...text.matchAll(CERTIFICATE)].some(([, content = ""]) => SEQUENCE.test(content));
  return isUsable ? undefined : `${file.variable} names a file without a certificate that can be used: ${effect}`;
}

function readText(host: Host, path: string): string | FileFault {
  try {
    return new TextDecoder().decode(host.files.read(path, MAX_AUTHORITIES_BYTES, true));
  } catch (error) {
    if (error instanceof FileFault) return error;
    throw error;
  }
}
