import { assertEquals } from "@std/assert";
import { denoHost } from "../../lib/host/deno_host.ts";

Deno.test("env, cwd and the system never throw", () => {
  const host = denoHost();
  assertEquals(["Linux", "Darwin", "Windows"].includes(host.system.name), true);
  assertEquals([typeof host.cwd(), typeof host.system.release(), host.system.cpus()], [
    "string",
    "string",
    navigator.hardwareConcurrency,
  ]);
  assertEquals(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(host.uuid()), true);
});

Deno.test("sleep leaves no listener on a signal that lives on", async () => {
  const { signal } = new AbortController();
  let listeners = 0;
  const [add, remove] = [signal.addEventListener.bind(signal), signal.removeEventListener.bind(signal)];
  signal.addEventListener = (type: string, listener: EventListenerOrEventListenerObject) => {
    listeners++;
    add(type, listener);
  };
  signal.removeEventListener = (type: string, listener: EventListenerOrEventListenerObject) => {
    listeners--;
    remove(type, listener);
  };
  const host = denoHost();
  for (let wait = 0; wait < 3; wait++) await host.sleep(1, signal);
  assertEquals(listeners, 0);
});
