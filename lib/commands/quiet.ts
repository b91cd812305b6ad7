import type { Host } from "../host/host.ts";

/** What begins each line that says what is wrong. All others are for people who want to know. */
export const PROBLEM = "rasa-telemetry: ";

/**
 * The same machine, but of what is written on standard error only problems are. What is kept back counts as unread: a notice
 * that nobody saw told nobody.
 */
export function quietly(host: Host): Host {
  const stderr = (text: string) => text.startsWith(PROBLEM) && host.stderr(text);
  return new Proxy(host, {
    get(target, key) {
      if (key === "stderr") return stderr;
      const value: unknown = Reflect.get(target, key);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}
