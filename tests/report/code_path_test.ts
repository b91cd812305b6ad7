import { assertEquals } from "@std/assert";
import {
  functionPattern,
  isComponentPath,
  modulePattern,
  resolveFunction,
  resolveModule,
} from "../../lib/report/code_path.ts";

for (
  const [path, expected] of [
    ["rasa.core.policies.flow_policy.FlowPolicy", true],
    ["rasa.core.policies.intentless_policy.IntentlessPolicy", true],
    ["rasa.nlu.classifiers.diet_classifier.DIETClassifier", true],
    [
      "rasa.dialogue_understanding.generator.single_step.single_step_llm_command_generator.SingleStepLLMCommandGenerator",
      true,
    ],
    ["rasa.nlu.featurizers.sparse_featurizer.count_vectors_featurizer.CountVectorsFeaturizer", true],
    ["FlowPolicy", false],
    ["rasa.FlowPolicy", false],
    ["rasa.core.policies.flow_policy", false],
    ["rasa.core.policies.acme_policy.FlowPolicy", false],
    ["rasa.core.policies.flow_policy.AcmePolicy", false],
    ["acme.core.policies.flow_policy.FlowPolicy", false],
    ["rasa..core.FlowPolicy", false],
    [" rasa.core.policies.flow_policy.FlowPolicy", false],
    ["rasa.core.policies.flow_policy.FlowPolicy\n", false],
    ["rasa" + ".core".repeat(20) + ".FlowPolicy", false],
    ["rasa" + ".core".repeat(300_000) + ".FlowPolicy", false],
  ] as const
) {
  Deno.test(`isComponentPath says ${expected} of ${path.slice(0, 90)}`, () => {
    assertEquals(isComponentPath(path), expected);
  });
}

for (
  const [module, expected] of [
    ["rasa", "rasa"],
    ["rasa.core.agent", "rasa.core.agent"],
    ["rasa.engine.training.graph_trainer", "rasa.engine.training.graph_trainer"],
    ["rasa.shared.providers._configs.utils", "rasa.shared.providers._configs.utils"],
    ["rasa.core.sk_live_4eC39HqLyjWDarjtT1zdp7dc", "rasa.core.custom"],
    ["rasa.acme.core.agent", "rasa.custom"],
    ["rasa.core.agent.", "rasa.core.agent.custom"],
    ["rasa..core", "rasa.custom"],
    ["rasa.", "rasa.custom"],
    ["rasa.core.agent\n", "rasa.core.custom"],
    ["rasa.10.0.0.1", "rasa.custom"],
    ["rasa./home/jane/bot", "rasa.custom"],
    ["rasa.Core", "rasa.custom"],
    ["rasa" + ".core".repeat(12), "rasa" + ".core".repeat(10) + ".custom"],
    ["rasa" + ".core".repeat(200_000), "rasa" + ".core".repeat(10) + ".custom"],
    ["", undefined],
    ["rasa_acme.core", undefined],
    ["rasaX", undefined],
    ["Rasa.core", undefined],
    [" rasa.core", undefined],
    ["acme.rasa.core", undefined],
    ["actions", undefined],
    ["__main__", undefined],
  ] as const
) {
  Deno.test(`resolveModule reports ${JSON.stringify(module.slice(0, 60))} as ${expected}`, () => {
    assertEquals(resolveModule(module), expected);
    if (expected !== undefined) assertEquals(new RegExp(modulePattern(), "u").test(expected), true);
  });
}

for (
  const [name, expected] of [
    ["train", "train"],
    ["__init__", "__init__"],
    ["_run_training", "_run_training"],
    ["predict_action_probabilities", "predict_action_probabilities"],
    ["handle_message", "handle_message"],
    ["load_agent", "load_agent"],
    ["execute_from_config", "execute_from_config"],
    ["Agent.load", "Agent.load"],
    ["FlowPolicy.predict_action_probabilities", "FlowPolicy.predict_action_probabilities"],
    ["Agent.acme_helper", "Agent.custom"],
    ["transfer_money", "custom"],
    ["check_balance", "custom"],
    ["AcmePolicy.load", "custom"],
    ["sk_live_4eC39HqLyjWDarjtT1zdp7dc", "custom"],
    ["jane_doe", "custom"],
    ["<module>", "custom"],
    ["<lambda>", "custom"],
    ["load_agent()", "custom"],
    ["load agent", "custom"],
    ["load__agent", "custom"],
    ["___load", "custom"],
    ["Train", "custom"],
    ["тrain", "custom"],
    ["train\u200b", "custom"],
    ["_", "custom"],
    ["load" + "_load".repeat(12), "custom"],
    ["load" + "_load".repeat(200_000), "custom"],
    ["_".repeat(1_000_000), "custom"],
    ["load" + ".load".repeat(200_000), "custom"],
  ] as const
) {
  Deno.test(`resolveFunction reports ${JSON.stringify(name.slice(0, 60))} as ${expected}`, () => {
    assertEquals(resolveFunction(name), expected);
    assertEquals(new RegExp(functionPattern(), "u").test(expected), true);
  });
}
