import { endpointPort, type Finished, runBinary, withFolder } from "../programs/binary.ts";
import { Collector } from "../programs/collector.ts";

/** What an end-to-end test has: a collector at the binary's endpoint, a folder of its own, and the binary. */
export interface Place {
  readonly collector: Collector;
  /** Holds `home` and `project`; removed at the end. */
  readonly folder: string;
  /** Runs the binary in `project` with nothing in its environment but a home and what is given. */
  run(args: readonly string[], stdin?: string | Uint8Array | null, env?: Record<string, string>): Promise<Finished>;
}

/** An end-to-end test. They run one after the other: the endpoint is fixed in the binary. */
export function scene(name: string, work: (place: Place) => Promise<void>): void {
  Deno.test(name, () =>
    withFolder(async (folder) => {
      const collector = new Collector(endpointPort());
      const home = { HOME: `${folder}/home`, USERPROFILE: `${folder}/home` };
      try {
        await work({
          collector,
          folder,
          run: (args, stdin, env = {}) =>
            runBinary(args, {
              cwd: `${folder}/project`,
              env: { ...home, ...env },
              ...(stdin === undefined ? {} : { stdin }),
            }),
        });
      } finally {
        await collector.close();
      }
    }));
}

/** Every file under a folder, by its path in it, sorted. */
export async function filesIn(folder: string): Promise<string[]> {
  const names: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    names.push(...(isDirectory ? (await filesIn(`${folder}/${name}`)).map((inner) => `${name}/${inner}`) : [name]));
  }
  return names.sort();
}
