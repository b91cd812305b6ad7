import { build } from "#build";
import { run } from "./lib/cli.ts";
import { commandLine, denoHost, exit } from "./lib/host/deno_host.ts";

exit(await run(commandLine(), denoHost(), build));
