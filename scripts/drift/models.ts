import { isModelName } from "../../lib/report/model_name.ts";
import type { Installed } from "./installed.ts";

/** LiteLLM's list of models, beside Rasa's package. */
const LIST = "litellm/model_prices_and_context_window_backup.json";

/** The vendors of which nine names in ten are to be known, as LiteLLM names them. */
export const VENDORS = [
  "openai",
  "anthropic",
  "gemini",
  "mistral",
  "deepseek",
  "bedrock",
  "azure",
  "groq",
  "xai",
  "cohere",
] as const;

/** The kinds of models that an assistant talks to, or searches with. Images, speech and the like aren't its models. */
const MODES: ReadonlySet<unknown> = new Set(["chat", "completion", "responses", "embedding"]);

/** LiteLLM's names of models by vendor. */
export async function readModels(installed: Installed): Promise<ReadonlyMap<string, readonly string[]>> {
  const text = await installed.other(LIST);
  const list: Record<string, { litellm_provider?: unknown; mode?: unknown }> = text === undefined
    ? {}
    : JSON.parse(text);
  const names = Object.entries(list).filter(([, { mode }]) => MODES.has(mode))
    .map(([name, { litellm_provider }]) => [vendorOf(String(litellm_provider)), name] as const);
  return new Map(
    [...Map.groupBy(names, ([vendor]) => vendor)].map(([vendor, list]) => [vendor, list.map(([, name]) => name)]),
  );
}

/** How many of LiteLLM's names are known as published ones, a line each vendor, and the names that are not. */
export async function measureModels(installed: Installed): Promise<string[]> {
  const models = await readModels(installed);
  if (models.size === 0) return [];
  const all = [...models.values()].flat();
  return [
    `models: ${all.filter(isModelName).length} of ${all.length} names are known`,
    ...VENDORS.map((vendor) => {
      const names = models.get(vendor) ?? [];
      const unknown = names.filter((name) => !isModelName(name));
      return `models of ${vendor}: ${names.length - unknown.length} of ${names.length}; not ${
        unknown.join(", ") || "any"
      }`;
    }),
  ];
}

/** Bedrock's ways of calling a model have names of their own, and so do Azure's and Cohere's. */
function vendorOf(provider: string): string {
  return provider.replace(/^(bedrock|azure|cohere)_(?:converse|text|ai|chat|mantle)$/, "$1");
}
