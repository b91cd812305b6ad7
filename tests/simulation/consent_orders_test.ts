import { assertEquals } from "@std/assert";
import type { BuildConfig } from "../../lib/build_config.ts";
import { run } from "../../lib/cli.ts";
import { FRESH, FRESH_AND_OFF, START, type Step, type StepName, STEPS, type World } from "../consent/model.ts";
import { claimsAt, LOCKING_SCOPE, makeKeyPair, pemOf, signToken } from "../support/inputs/licence.ts";
import { MemoryHost, type SentRequest } from "../support/machine/memory_host.ts";
import { seededRandom } from "../support/machine/random.ts";
import { BUILD, CONFIG_FILE, STORED_ON } from "../support/scenes/scene.ts";

/**
 * Takes random orders of steps with the program's own commands, on a machine in memory, and with the model of consent
 * (tests/consent/model.ts), whose orders are held against what people were promised. What leaves must be the same.
 */

const ISSUER = await makeKeyPair();
const YEAR_S = 365 * 24 * 60 * 60;
const LICENCE = await signToken(ISSUER.privateKey, {
  ...claimsAt(new Date(START), { scope: LOCKING_SCOPE }),
  iat: START / 1000 - 30 * YEAR_S,
  nbf: START / 1000 - 30 * YEAR_S,
  exp: START / 1000 + 30 * YEAR_S,
});
const LICENSED = {
  ...BUILD,
  licenceKey: await pemOf(ISSUER.publicKey),
  date: new Date(START - 24 * 60 * 60 * 1000).toISOString(),
};

/** A machine, and in which step each report was recorded. */
class Machine {
  readonly #build: BuildConfig;
  readonly host = new MemoryHost({ now: new Date(START), files: { "/etc/machine-id": "a".repeat(32) } });
  readonly #recorded = new Map<string, number>();
  #rasaRead: string | null | undefined;
  #rasas = 0;

  constructor(offByDefault: boolean) {
    this.#build = { ...LICENSED, offByDefault };
  }

  /** Takes a step, and returns in which steps what left was recorded. */
  async take(name: StepName, step: number): Promise<number[]> {
    const before = this.host.requests.length;
    await this.#do(name, step);
    const ids = this.host.requests.slice(before).flatMap(messageIds);
    return ids.map((id) => this.#recorded.get(id) ?? -1);
  }

  async #do(name: StepName, step: number): Promise<void> {
    const { host } = this;
    const { variables, files } = host;
    switch (name) {
      case "track": {
        const { messageId } = JSON.parse(await this.#run(["track", "Shell Started", "--json"]));
        if (messageId !== null) this.#recorded.set(messageId, step);
        return;
      }
      case "tell":
        return void await this.#run(["init"]);
      case "flush":
      case "enable":
      case "disable":
      case "reset-id":
        return void await this.#run([name]);
      case "enable --local":
        return void await this.#run(["enable", "--local"]);
      case "variable on":
        return void (variables.RASA_TELEMETRY_ENABLED = "true");
      case "variable off":
        return void (variables.RASA_TELEMETRY_ENABLED = "false");
      case "variable unset":
        return void delete variables.RASA_TELEMETRY_ENABLED;
      case "DO_NOT_TRACK":
        if (variables.DO_NOT_TRACK === undefined) variables.DO_NOT_TRACK = "1";
        else delete variables.DO_NOT_TRACK;
        return;
      case "licence":
        if (variables.RASA_LICENSE === undefined) variables.RASA_LICENSE = LICENCE;
        else delete variables.RASA_LICENSE;
        return;
      case "policy":
        if (!files.nodes.delete("/project/.rasa-telemetry.yml")) files.plant("/project/.rasa-telemetry.yml", "");
        return;
      case "Rasa says on":
        return this.#toggle(true);
      case "Rasa says off":
        return this.#toggle(false);
      case "Rasa reads":
        return void (this.#rasaRead = files.text(CONFIG_FILE) ?? null);
      case "Rasa writes":
        if (this.#rasaRead === null) files.nodes.delete(CONFIG_FILE);
        else if (this.#rasaRead !== undefined) files.plant(CONFIG_FILE, this.#rasaRead);
        return;
      case "the file is deleted":
        return void files.nodes.delete(CONFIG_FILE);
      case "the file breaks":
        return files.plant(CONFIG_FILE, "metrics: [");
      case "another machine": {
        files.nodes.delete("/.dockerenv");
        const here = files.text("/etc/machine-id") ?? "";
        return files.plant("/etc/machine-id", (here.startsWith("a") ? "b" : "a").repeat(32));
      }
      case "a copy in a container":
        files.plant("/.dockerenv", "");
        return files.plant("/etc/hostname", "copy");
    }
  }

  /** As Rasa does: `enabled` alone changes, and where there is nothing a whole section is made. */
  #toggle(enabled: boolean): void {
    const text = this.host.files.text(CONFIG_FILE);
    const section = /^metrics:$/m.test(text ?? "") && !text?.includes("[");
    const fresh = STORED_ON.replaceAll("2025-05-03", `2025-05-${String(4 + this.#rasas++ % 20).padStart(2, "0")}`);
    const base = section ? text! : fresh;
    this.host.files.plant(CONFIG_FILE, base.replace(/enabled: \w+/g, `enabled: ${enabled}`));
  }

  async #run(args: string[]): Promise<string> {
    this.host.relinquished = false;
    this.host.out = "";
    await run(args, this.host, this.#build);
    return this.host.out;
  }
}

function messageIds({ body }: SentRequest): string[] {
  const items: Record<string, unknown>[] = Array.isArray(body["batch"]) ? body["batch"] : [body];
  return items.map((item) => String(item["messageId"]));
}

/** Every step that the commands of this version can take one after the other. */
const NAMES = (Object.keys(STEPS) as StepName[]).filter((name) =>
  !["begin", "end", "a new notice", "tell on a terminal", "answer yes", "answer no"].includes(name)
);
const ORDERS = 400;
const LENGTH = 14;

Deno.test(`the program lets leave what the model of consent does, in ${ORDERS} random orders`, async () => {
  for (let seed = 1; seed <= ORDERS; seed++) {
    const random = seededRandom(seed);
    const isOff = seed % 4 === 0;
    const machine = new Machine(isOff);
    let world: World = isOff ? FRESH_AND_OFF : FRESH;
    const names: StepName[] = [];
    for (let step = 0; step < LENGTH; step++) {
      const name = step % 3 === 0 ? "track" : NAMES[Math.floor(random() * NAMES.length)]!;
      names.push(name);
      machine.host.clock = world.now;
      const take: Step = STEPS[name];
      const done = take(world, step);
      world = done.world;
      const left = await machine.take(name, step);
      assertEquals(left.sort(), [...done.left].sort(), `seed ${seed}: ${names.join(" → ")}`);
    }
  }
});
