/** Room for a home whose disk can be filled, in bytes. */
const DISK_BYTES = 8 * 1024 * 1024;
/** How much is written at a time to fill it, in bytes. */
const PIECE = new Uint8Array(4096);

/**
 * The home of a soak. Where mounts can be made it is on a disk of its own, which only the programs see that are started
 * through it; elsewhere it is a folder.
 */
export class Disk {
  readonly home: string;
  /** The process that keeps the mount; undefined where there is none. */
  readonly #keeper: Deno.ChildProcess | undefined;

  private constructor(home: string, keeper: Deno.ChildProcess | undefined) {
    this.home = home;
    this.#keeper = keeper;
  }

  static async open(folder: string): Promise<Disk> {
    const home = `${folder}/home`;
    await Deno.mkdir(home);
    const script = `mount -t tmpfs -o size=${DISK_BYTES} tmpfs "$1" && echo ready && read _`;
    const keeper = new Deno.Command("unshare", {
      args: ["--mount", "--propagation", "private", "sh", "-c", script, "sh", home],
      stdin: "piped",
      stdout: "piped",
      stderr: "null",
    }).spawn();
    const reader = keeper.stdout.getReader();
    const { done } = await reader.read();
    reader.releaseLock();
    if (!done) return new Disk(home, keeper);
    await keeper.stdin.close().catch(() => {});
    await keeper.status;
    return new Disk(home, undefined);
  }

  get canFill(): boolean {
    return this.#keeper !== undefined;
  }

  /** Starts a program that sees the disk. */
  start(argv: readonly string[], env: Readonly<Record<string, string>>): Deno.ChildProcess {
    const enter = this.#keeper === undefined ? [] : ["nsenter", `--mount=/proc/${this.#keeper.pid}/ns/mnt`];
    const [program = "", ...args] = [...enter, ...argv];
    const streams = { stdin: "piped", stdout: "piped", stderr: "inherit" } as const;
    return new Deno.Command(program, { args, cwd: "/", clearEnv: true, env: { ...env }, ...streams }).spawn();
  }

  /** Runs a program that sees the disk to its end, and returns what it printed. */
  async run(argv: readonly string[], env: Readonly<Record<string, string>>): Promise<string> {
    const child = this.start(argv, env);
    await child.stdin.close();
    return await new Response(child.stdout).text();
  }

  /** Leaves no room. */
  async fill(): Promise<void> {
    if (!this.canFill) return;
    using file = await Deno.open(this.#filler(), { create: true, append: true });
    try {
      for (;;) await file.write(PIECE);
    } catch (error) {
      if (!(error instanceof Error && "code" in error && error.code === "ENOSPC")) throw error;
    }
  }

  async empty(): Promise<void> {
    await Deno.remove(this.#filler()).catch(() => {});
  }

  async close(): Promise<void> {
    await this.#keeper?.stdin.close();
    await this.#keeper?.stdout.cancel();
    await this.#keeper?.status;
  }

  #filler(): string {
    return `${this.canFill ? `/proc/${this.#keeper?.pid}/root` : ""}${this.home}/filler`;
  }
}
