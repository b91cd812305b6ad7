import { FileFault, type Host, isMissing } from "./host.ts";

/** What `ask` returns, or `fallback` where it throws a `FileFault`. Every other error is thrown on. */
export function orElse<Answer, Fallback>(ask: () => Answer, fallback: Fallback): Answer | Fallback {
  try {
    return ask();
  } catch (error) {
    if (error instanceof FileFault) return fallback;
    throw error;
  }
}

/** What `ask` returns, or `fallback` where it throws because nothing is at the path. Every other error is thrown on. */
export function orIfMissing<Answer, Fallback>(ask: () => Answer, fallback: Fallback): Answer | Fallback {
  try {
    return ask();
  } catch (error) {
    if (isMissing(error)) return fallback;
    throw error;
  }
}

/** Whether anything is at the path, a link that leads nowhere too. Undefined where that can't be looked up. */
export function isThere(host: Host, path: string): boolean | undefined {
  return orElse(() => orIfMissing(() => host.files.stat(path) !== undefined, false), undefined);
}
