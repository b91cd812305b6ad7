import { Dice } from "../machine/dice.ts";

const BASES =
  "gpt-4 gpt-4o gpt-4o-mini gpt-35-turbo gpt-4.1 gpt4 o3-mini claude-3-5-sonnet claude-sonnet-4 gemini-2.0-flash " +
  "llama-3.1-8b-instruct llama3 mistral-large qwen2.5-7b-instruct command-r text-embedding-3-small embedding ada";

const OWNERS = "acme contoso northwind fabrikam nordbank kaufhaus mueller jane-roe tailspin wingtip relecloud lotus";

const USES =
  "prod staging dev test01 support billing claims faq intents chatbot insurance westeurope eastus2 team-a poc";

const PROVIDERS = "azure openai bedrock huggingface vertex_ai self-hosted";

const [bases, owners, uses, providers] = [BASES, OWNERS, USES, PROVIDERS].map((text) => text.split(" "));

/** Names that people give to models of their own: fine-tuned ones, deployments, and what they call them at home. */
export function makeUpModels(count: number, seed: number): string[] {
  const dice = new Dice(seed);
  const base = () => dice.pick(bases ?? []);
  const owner = () => dice.pick(owners ?? []);
  const use = () => dice.pick(uses ?? []);
  const id = () =>
    Array.from({ length: 8 }, () => dice.pick([..."ABCDEFGHJKLMNPQRSTUVWXYZabcdefghjkmnpqrstuvwxyz23456789"])).join("");
  const forms: readonly (() => string)[] = [
    () => `ft:${base()}:${owner()}:${use()}:${id()}`,
    () => `ft:${base()}:${owner()}::${id()}`,
    () => `ft:${base()}`,
    () => `${owner()}-${base()}-${use()}`,
    () => `${base()}-${owner()}`,
    () => `${base()}-${use()}`,
    () => `${base()}-${owner()}-${dice.below(100)}`,
    () => `${owner()}_${base().replaceAll("-", "_")}_${use()}`,
    () => `${owner()}/${base()}`,
    () => `${dice.pick(providers ?? [])}/${owner()}-${base()}`,
    () => `${dice.pick(providers ?? [])}/${base()}-${use()}-${owner()}`,
    () => `${owner()}.${base()}`,
    () => `${base()}@${owner()}`,
    () => `${base().toUpperCase()}-${use().toUpperCase()}`,
    () => `${dice.pick(providers ?? [])}/${base().toUpperCase()}-${owner().toUpperCase()}`,
    () => `arn:aws:bedrock:eu-west-1:${100_000_000_000 + dice.below(900_000_000)}:provisioned-model/${id()}`,
    () => `my-${base()}`,
    () => `${use()}-llm-${dice.below(1000)}`,
  ];
  return Array.from({ length: count }, () => dice.pick(forms)());
}
