// Written by `deno task drift --rasa FOLDER --write`, and reviewed as a difference. Words are only ever added.

import type { ReadWords } from "../definition.ts";

/** Words that were read from an installed Rasa. */
export const READ: ReadWords = {
  source: "rasa-pro 3.21.0 and before: the types and classes of lock stores",
  words: `
  ConcurrentRedisLockStore InMemoryLockStore LockStore RedisLockStore concurrent_redis in_memory redis
  `,
};
