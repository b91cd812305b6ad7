/**
 * From here on and below `PORTS_TO` no system takes ports for outgoing connections, which could be ours by accident.
 */
const PORTS_FROM = 20_000;
const PORTS_TO = 32_000;

/** Ports of the loopback interface that nobody listens on. */
export function freePorts(count: number): number[] {
  const ports = new Set<number>();
  while (ports.size < count) {
    const port = PORTS_FROM + Math.floor(Math.random() * (PORTS_TO - PORTS_FROM));
    try {
      Deno.listen({ hostname: "127.0.0.1", port }).close();
      ports.add(port);
    } catch (error) {
      if (!(error instanceof Deno.errors.AddrInUse)) throw error;
    }
  }
  return [...ports];
}
