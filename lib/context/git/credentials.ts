/** An address with a scheme: the scheme, what stands before the first slash, and the rest. */
const WITH_SCHEME = /^([A-Za-z][A-Za-z0-9+.-]*:\/\/)([^/]*)(.*)$/s;

/** Schemes whose user is part of the address, the same for everybody: `ssh://git@host/`. */
const SSH = /^(?:ssh|git\+ssh|ssh\+git):/i;

/**
 * A remote's address without the user and password that may stand in it: each job of a service may have a token of its
 * own there, and whoever knows the rest could guess one from the hash. Undefined where a password may be hidden in a
 * place that isn't an address's own. A user without a password stays where it names no person: before an SSH server.
 */
export function withoutCredentials(url: string): string | undefined {
  const [, scheme, authority = "", path = ""] = WITH_SCHEME.exec(url) ?? [];
  if (scheme === undefined) {
    // `git@host:path` is how SSH servers are written without a scheme. A colon before the user isn't.
    return /^[^@/]*:[^/]*@/.test(url) ? undefined : url;
  }
  // Of `user:a/b@host` nobody can tell what is the password.
  if (path.includes("@") && !authority.includes("@")) return undefined;
  const user = authority.slice(0, Math.max(authority.lastIndexOf("@"), 0));
  if (user === "" && !authority.startsWith("@") || SSH.test(scheme) && !user.includes(":")) return url;
  return scheme + authority.slice(user.length + 1) + path;
}
