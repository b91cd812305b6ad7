import { build } from "#build";
import { run } from "./lib/cli.ts";
import { commandLine, denoHost, exit } from "./lib/host/deno_host.ts";

await exit(await run(commandLine(), denoHost(), build));
