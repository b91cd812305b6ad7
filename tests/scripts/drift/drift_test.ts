import { assertEquals, assertRejects } from "@std/assert";
import { EVENTS } from "../../../lib/report/catalogue.ts";
import { CLOSED_SETS } from "../../../scripts/drift/closed_sets.ts";
import { compareCatalogue } from "../../../scripts/drift/compare.ts";
import { makeDataFile, readDataWords } from "../../../scripts/drift/data_files.ts";
import { explain } from "../../../scripts/drift/explain.ts";
import { readInstalled } from "../../../scripts/drift/installed.ts";
import { measureModels } from "../../../scripts/drift/models.ts";
import { readReported } from "../../../scripts/drift/telemetry_source.ts";

/** A small installed Rasa of our own. */
const FILES: Readonly<Record<string, string>> = {
  "rasa/telemetry.py": `
SHELL_EVENT = "Shell Started"
TELEMETRY_NEW = (
    "Garden Watered"
)
NUM_BEDS = "num_beds"

def segment_request(key):
    return {
        "userId": key,
    }

@ensure
def track_garden(beds):
    properties = {
        "type": "rasa",
        NUM_BEDS: len(beds),
    }
    properties["num_hoses"] = 1
    _track(TELEMETRY_NEW, properties)
`,
  "rasa/exceptions.py": "class GardenError(Exception):\n    pass\n\nclass _Hidden(GardenError):\n    pass\n\n" +
    "class HoseError(_Hidden, Other):\n    pass\n\nclass Hose(Other):\n    pass\n",
  "rasa/validator.py": 'structlogger.error(\n    "validator.garden.dry",\n)\nstructlogger.info("validator.fine")\n',
  "rasa/core/channels/__init__.py": "input_channel_classes: List = [\n    GardenInput,\n]\n",
  "rasa/core/channels/garden.py": "class GardenInput(InputChannel):\n    @classmethod\n    def name(cls) -> Text:\n" +
    '        """Says it."""\n        return "garden"\n\nclass Other:\n    def name(self):\n        return "shed"\n',
  "rasa/core/lock_store.py": 'class PadLockStore(LockStore):\n    pass\n\nif config.type == "padlock":\n    pass\n',
  "rasa/cli/project_templates/bank/transfer.py": "class TransferError(Exception):\n    pass\n",
  "rasa/mantle/errors.py": 'raise ValidationError(code="garden.too_dry")\n_NO_HOSE_CODE = (\n    "garden.no_hose"\n)\n',
  "litellm/types/utils.py":
    'class LlmProviders(str, Enum):\n    GARDEN = "garden_ai"\n    CUSTOM = "custom"\n\n\nX = "no"\n',
  "litellm/model_prices_and_context_window_backup.json": JSON.stringify({
    "gpt-4o": { litellm_provider: "openai", mode: "chat" },
    "gpt-garden": { litellm_provider: "openai", mode: "chat" },
    "azure/gpt-4o": { litellm_provider: "azure_ai", mode: "responses" },
    "paint-1": { litellm_provider: "openai", mode: "image_generation" },
  }),
};

async function withInstalled(test: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    const place = `${folder}/lib/python3.11/site-packages`;
    await Deno.mkdir(`${place}/rasa_pro-3.99.0.dist-info`, { recursive: true });
    for (const [path, text] of Object.entries(FILES)) {
      await Deno.mkdir(`${place}/${path.replace(/\/[^/]*$/, "")}`, { recursive: true });
      await Deno.writeTextFile(`${place}/${path}`, text);
    }
    await test(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("readInstalled finds Rasa from an environment, its site-packages and the package, without project templates", async () => {
  await withInstalled(async (folder) => {
    const place = `${folder}/lib/python3.11/site-packages`;
    for (const given of [folder, place, `${place}/rasa`]) {
      const { release, modules, other } = await readInstalled(given);
      assertEquals([release, modules.size], ["rasa-pro 3.99.0", 7]);
      assertEquals(modules.has("rasa/cli/project_templates/bank/transfer.py"), false);
      assertEquals([await other("litellm/nothing.py"), (await other("litellm/types/utils.py"))?.length], [
        undefined,
        89,
      ]);
    }
    await assertRejects(() => readInstalled(`${folder}/lib/nowhere`), Error, "there is no rasa/telemetry.py under");
  });
});

Deno.test("CLOSED_SETS reads what the source says in literals", async () => {
  await withInstalled(async (folder) => {
    const installed = await readInstalled(folder);
    const read = await Promise.all(
      CLOSED_SETS.map(async (set) => [set.vocabulary, await set.read(installed)] as const),
    );
    assertEquals(Object.fromEntries(read), {
      channel: ["garden"],
      tracker_store: [],
      lock_store: ["padlock", "PadLockStore"],
      broker: [],
      component: [],
      provider: ["garden_ai"],
      error: ["GardenError", "HoseError"],
      log_id: ["validator.garden.dry"],
      error_code: ["garden.too_dry", "garden.no_hose"],
      "package_tree": [
        "core",
        "channels",
        "__init__",
        "core",
        "channels",
        "garden",
        "core",
        "lock_store",
        "exceptions",
        "mantle",
        "errors",
        "telemetry",
        "validator",
      ],
    });
  });
});

Deno.test("readReported finds events by their constants, and properties by the functions that make them", async () => {
  await withInstalled(async (folder) => {
    const { events, properties } = readReported(await readInstalled(folder));
    assertEquals(events, ["Shell Started", "Garden Watered"]);
    assertEquals([...properties], [
      ["type", ["track_garden"]],
      ["num_hoses", ["track_garden"]],
      ["num_beds", ["track_garden"]],
    ]);
  });
});

Deno.test("compareCatalogue says what the catalogue lacks and what is stale", async () => {
  await withInstalled(async (folder) => {
    const lines = await compareCatalogue(await readInstalled(folder));
    assertEquals(lines.slice(0, 3), [
      "lacks event Garden Watered",
      "lacks property num_hoses of track_garden",
      "lacks property num_beds of track_garden",
    ]);
    assertEquals(lines.filter((line) => line.startsWith("stale event ")).length, EVENTS.length - 1);
    const wanted = ["lacks channel garden", "stale channel rest", "lacks error HoseError", "found no broker"];
    assertEquals(wanted.filter((line) => !lines.includes(line)), []);
  });
});

Deno.test("makeDataFile adds the words of an installed Rasa to those that the file has", async () => {
  await withInstalled(async (folder) => {
    const set = CLOSED_SETS.find(({ vocabulary }) => vocabulary === "channel")!;
    const text = await makeDataFile(set, await readInstalled(folder));
    const words = /words: `([^`]*)`/.exec(text)?.[1]?.trim().split(/\s+/);
    assertEquals(words, [...await readDataWords(set), "garden"].toSorted());
    assertEquals(text.split("\n").filter((line) => line.length > 120), []);
    assertEquals(text.includes("rasa-pro 3.99.0 and before: "), true);
  });
});

Deno.test("explain parts lines by their explanations, and finds explanations of nothing", () => {
  const lines = ["lacks event A", "stale property num_x", "stale property num_y"];
  assertEquals(explain(lines, { "stale property num_*": "counted", "lacks event B": "gone" }), {
    open: ["lacks event A"],
    explained: [["stale property num_x", "counted"], ["stale property num_y", "counted"]],
    unused: ["lacks event B"],
  });
});

Deno.test("measureModels counts names that are known, of models that assistants use", async () => {
  await withInstalled(async (folder) => {
    const lines = await measureModels(await readInstalled(folder));
    assertEquals(lines.slice(0, 2), ["models: 2 of 3 names are known", "models of openai: 1 of 2; not gpt-garden"]);
    assertEquals(lines.includes("models of azure: 1 of 1; not any"), true);
  });
});
