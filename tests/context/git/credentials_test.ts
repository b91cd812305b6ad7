import { assertEquals } from "@std/assert";
import { withoutCredentials } from "../../../lib/context/git/credentials.ts";

for (
  const [given, expected] of [
    ["https://git.example/a/b.git", "https://git.example/a/b.git"],
    ["https://jane:hunter2@git.example/a.git", "https://git.example/a.git"],
    ["https://ghp_token@git.example/a.git", "https://git.example/a.git"],
    ["https://x-access-token:ghs_1@git.example:8443/a", "https://git.example:8443/a"],
    ["https://jane:p@ss@git.example/a", "https://git.example/a"],
    ["https://@git.example/a", "https://git.example/a"],
    ["https://jane:p/ss@git.example/a", undefined],
    ["https://git.example/@scope/a", undefined],
    ["https://jane:x@git.example/@scope/a", "https://git.example/@scope/a"],
    ["HTTP://Jane:x@git.example", "HTTP://git.example"],
    ["ssh://git@git.example/a", "ssh://git@git.example/a"],
    ["ssh://git:hunter2@git.example/a", "ssh://git.example/a"],
    ["git+ssh://git@git.example:22/a", "git+ssh://git@git.example:22/a"],
    ["git@git.example:a/b.git", "git@git.example:a/b.git"],
    ["git.example:a@b/c", undefined],
    ["jane:hunter2@git.example:a", undefined],
    ["/srv/git/a.git", "/srv/git/a.git"],
    ["../a@b:c.git", "../a@b:c.git"],
    ["C:/git/a@b", "C:/git/a@b"],
    ["file:///srv/git/a.git", "file:///srv/git/a.git"],
  ] as const
) {
  Deno.test(`withoutCredentials makes ${expected ?? "nothing"} of ${given}`, () => {
    assertEquals(withoutCredentials(given), expected);
  });
}
