// Sends events with Segment's or PostHog's own client for Node. Run by node, in the folder in which both are installed:
// node peers.mjs segment|posthog ENDPOINT EVENTS_FILE COUNT PAUSE_EVERY
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import process from "node:process";

const [client, endpoint, file, count, pauseEvery] = process.argv.slice(2);
const require = createRequire(`${process.cwd()}/`);
const events = readFileSync(file, "utf8").trimEnd().split("\n").map((line) => JSON.parse(line));
const { add, flush, close } = client === "segment" ? segment() : posthog();

for (let index = 0; index < Number(count); index++) {
  add(events[index % events.length]);
  // Neither client waits until there is room. Without a pause Segment's holds everything in memory, and PostHog's loses
  // the events over its limit.
  if ((index + 1) % Number(pauseEvery) === 0) await flush();
}
await close();

function segment() {
  const { Analytics } = require("@segment/analytics-node");
  const analytics = new Analytics({ writeKey: "bench", host: endpoint, flushAt: 500 });
  return {
    add: ({ event, properties, timestamp }) => analytics.track({ userId: "bench", event, properties, timestamp }),
    flush: () => analytics.flush(),
    close: () => analytics.closeAndFlush(),
  };
}

function posthog() {
  const { PostHog } = require("posthog-node");
  const hog = new PostHog("bench", { host: endpoint, flushAt: 500, maxBatchSize: 500, maxQueueSize: 10_000_000 });
  return {
    add: ({ event, properties, timestamp }) =>
      hog.capture({ distinctId: "bench", event, properties, timestamp: new Date(timestamp) }),
    flush: () => hog.flush(),
    close: () => hog.shutdown(60_000),
  };
}
