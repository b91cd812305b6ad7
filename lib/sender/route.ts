import { FileFault, type Host } from "../host/host.ts";

/** Largest file of authorities that is read, in bytes. */
const MAX_AUTHORITIES_BYTES = 8 * 1024 * 1024;

/** Where reports go, and what is needed to get them there. */
export interface Destination {
  readonly endpoint: string;
  readonly writeKey: string;
  /** PEM certificates trusted beside the built-in ones. */
  readonly authorities: readonly string[];
}

/** The key that reports go under: RASA_TELEMETRY_WRITE_KEY or the build's. Without one nothing is queued or sent. */
export function readWriteKey(host: Host, build: { readonly writeKey: string | undefined }): string | undefined {
  return host.env("RASA_TELEMETRY_WRITE_KEY") || build.writeKey || undefined;
}

/** The certificates that SSL_CERT_FILE or, without it, REQUESTS_CA_BUNDLE names; none where the file can't be read. */
export function readAuthorities(host: Host): string[] {
  const path = host.env("SSL_CERT_FILE") || host.env("REQUESTS_CA_BUNDLE");
  if (!path) return [];
  try {
    const text = new TextDecoder().decode(host.files.read(path, MAX_AUTHORITIES_BYTES, true));
    // One by one: the runtime refuses a whole file for one certificate that it can't read.
    return text.match(/-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g) ?? [];
  } catch (error) {
    if (error instanceof FileFault) return [];
    throw error;
  }
}
