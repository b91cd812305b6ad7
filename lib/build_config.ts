/** What is fixed when the binary is built. */
export interface BuildConfig {
  readonly version: string;
  /** Where reports go: scheme, host and port, without a slash at the end. */
  readonly endpoint: string;
  /** The receiving source's key. Undefined: nothing is queued or sent unless RASA_TELEMETRY_WRITE_KEY is set. */
  readonly writeKey: string | undefined;
  /** The public key (SPKI, PEM) that licences are signed for. */
  readonly licenceKey: string;
  /** Who receives reports, as the notice names them. */
  readonly recipient: string;
  /** Whether telemetry is off until somebody enables it: then nobody is told or asked, and nothing is recorded. */
  readonly offByDefault: boolean;
  /** When this version was made: ISO 8601, in UTC. It comes with the sources, so that builds are the same. */
  readonly date: string;
}

/** The version of the sources. A release's tag must equal it. */
export const VERSION = "0.1.0";

/** When that version was made. No telling can be older: an earlier date was written by a clock that was wrong. */
export const VERSION_DATE = "2026-11-01T00:00:00.000Z";

/** Where reports go unless the build says otherwise. Source: the documented transport, Segment's HTTP tracking API. */
export const DEFAULT_ENDPOINT = "https://api.segment.io";

/** The key that Rasa Pro's licences are verified with. Source: the key that Rasa Pro itself ships. */
export const RASA_LICENCE_KEY = `-----BEGIN PUBLIC KEY-----
MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEA6L90HBMIeiEUkLw85aRx
L8qisVwiJwy3E4E/MPKHEuzguUJG3KwQE3Yb37HWi6I8EXOI5UfP2RvbNPKbmYFo
90P27rKpvhZRCG9sy3cNu3Xr1XcQ6Eue2e12LWBAgzBZSqjzwkCOtt+L6LIm3lPf
2QYSFORTZR9PtOvI1b677W1lVjioRrbg1IG6UXGVOTCmeSFT/JzbsYzR7QFzFdWe
ytjHVgeb/R9inY1/LeiP2KCHYcYUF2sGc+6CsGvr9Kkio5KS10jBF27EeBaeVpXO
JH5viXVuRPCu5ymvnih5Rk4VYK3X3rG1rf5oju9OBDPLq7lKklY1pPZjBHADPU3o
/QIDAQAB
-----END PUBLIC KEY-----`;

/** The configuration of a build of these sources that differs from the usual one in these parts. */
export function configure(parts: Partial<Omit<BuildConfig, "version" | "date">> = {}): BuildConfig {
  const { endpoint = DEFAULT_ENDPOINT, writeKey, licenceKey = RASA_LICENCE_KEY, offByDefault = false } = parts;
  // Unless somebody is named, reports are received by whoever is at the address.
  const recipient = parts.recipient ?? new URL(endpoint).hostname;
  return { version: VERSION, date: VERSION_DATE, endpoint, writeKey, licenceKey, recipient, offByDefault };
}

/** The configuration of a program that isn't compiled, and a build's default: no write key, so it sends nothing. */
export const build: BuildConfig = configure();

/**
 * The endpoint as the binary needs it, from what a builder typed. Throws an `Error` that says what is allowed where it
 * is neither https nor http to a loopback address, or holds more than a scheme, a host and a port.
 */
export function parseEndpoint(text: string): URL {
  const allowed =
    "an https:// address, or http:// to 127.0.0.1, [::1] or localhost, with a host and a port and nothing after them";
  if (!URL.canParse(text)) {
    throw new Error(`Cannot build for the endpoint ${JSON.stringify(text)}: it must be ${allowed}`);
  }
  const url = new URL(text);
  const bare = url.pathname === "/" && url.search === "" && url.hash === "" && url.username === "" &&
    url.password === "";
  // The name becomes part of a permission: a comma or a star in it would grant more than one host.
  const plain = /^([a-z0-9.-]+|\[[0-9a-f:.]+\])$/.test(url.hostname);
  const safe = url.protocol === "https:" || (url.protocol === "http:" && isLoopback(url.hostname));
  if (!bare || !plain || !safe || url.port === "0") {
    throw new Error(`Cannot build for the endpoint ${JSON.stringify(text)}: it must be ${allowed}`);
  }
  return url;
}

function isLoopback(hostname: string): boolean {
  return hostname === "localhost" || hostname === "[::1]" || /^127\.\d+\.\d+\.\d+$/.test(hostname);
}
