import { assertEquals, assertThrows } from "@std/assert";
import { entryPointsOf, metadataOf, pythonVersion, wheelOf } from "../../../scripts/build/wheel_metadata.ts";
import { parseProject } from "../../../scripts/build/wheel_project.ts";

const TEXT = `
# A comment.
[build-system]
requires = [ { not = "read" } ]

[project]
name = "a-name"
dynamic = ["version"]
description = "What it is = \\"this\\""
readme = "README.md"
requires-python = ">=3.8"
license = "Apache-2.0"
license-files = ["LICENSE"]
keywords = []
classifiers = [
    # The first.
    "One :: Two",
    "Three",
]

[project.urls]
Homepage = "https://example.com/#x"

[project.scripts]
a-command = "a_module:main"

[project.entry-points.a_group]
a-hook = "a_name.b:hook"

[tool.anything]
what = 'ever'
`;

const PROJECT = {
  name: "a-name",
  description: 'What it is = "this"',
  readme: "README.md",
  requiresPython: ">=3.8",
  license: "Apache-2.0",
  licenseFiles: ["LICENSE"],
  keywords: [],
  classifiers: ["One :: Two", "Three"],
  urls: { Homepage: "https://example.com/#x" },
  scripts: { "a-command": "a_module:main" },
  entryPoints: { "a_group": { "a-hook": "a_name.b:hook" } },
};

Deno.test("parseProject reads the table of the project and those below it", () => {
  assertEquals(parseProject(TEXT), PROJECT);
});

for (
  const [what, text, message] of [
    ["a key that no wheel would show", TEXT.replace("readme", 'authors = "me"\nreadme'), "which has authors"],
    ["no key that every wheel needs", TEXT.replace(/^license = .*$/m, ""), "which has no license"],
    ["a table that no wheel would show", `${TEXT}[project.gui-scripts]\n`, "which has project.gui-scripts"],
    ["a list without an end", `[project]\nkeywords = [\n"a",\n`, "the list keywords has no end"],
    ["a value of another kind", `[project]\nname = 1\n`, "Cannot read name of pyproject.toml: 1"],
    ["text in single quotes", `[project]\nname = 'x'\n`, "Cannot read name of pyproject.toml: 'x'"],
    ["a line that is no pair", `[project]\nname\n`, "Cannot read this line of pyproject.toml: name"],
    ["a list in the place of a text", TEXT.replace('"Apache-2.0"', '["x"]'), "x isn't a text"],
    ["a text in the place of a list", TEXT.replace("keywords = []", 'keywords = "x"'), "x isn't a list"],
  ] as const
) {
  Deno.test(`parseProject refuses ${what}`, () => {
    assertThrows(() => parseProject(text), Error, message);
  });
}

Deno.test("metadataOf says what the project says, with the readme as the description", () => {
  assertEquals(
    metadataOf({ ...PROJECT, keywords: ["k", "l"] }, "1.2.3", "# Title\n"),
    `Metadata-Version: 2.4
Name: a-name
Version: 1.2.3
Summary: What it is = "this"
Keywords: k,l
License-Expression: Apache-2.0
License-File: LICENSE
Classifier: One :: Two
Classifier: Three
Project-URL: Homepage, https://example.com/#x
Requires-Python: >=3.8
Description-Content-Type: text/markdown

# Title
`,
  );
});

Deno.test("wheelOf names each tag on a line of its own", () => {
  assertEquals(
    wheelOf(["py3-none-a", "py3-none-b"], false),
    "Wheel-Version: 1.0\nGenerator: rasa-telemetry (deno task wheel)\nRoot-Is-Purelib: false\n" +
      "Tag: py3-none-a\nTag: py3-none-b\n",
  );
});

Deno.test("entryPointsOf has commands first, and no empty group", () => {
  const hooks = "[a_group]\na-hook = a_name.b:hook\n";
  assertEquals(entryPointsOf(PROJECT), `[console_scripts]\na-command = a_module:main\n\n${hooks}`);
  assertEquals(entryPointsOf({ ...PROJECT, scripts: {} }), hooks);
});

for (
  const [version, expected] of [
    ["0.1.0", "0.1.0"],
    ["10.20.30", "10.20.30"],
    ["1.0.0-rc.1", "1.0.0rc1"],
    ["1.0.0-RC.1", "1.0.0rc1"],
    ["1.0.0-rc1", "1.0.0rc1"],
    ["1.0.0-preview.2", "1.0.0rc2"],
    ["1.0.0-alpha", "1.0.0a0"],
    ["1.0.0-alpha.12", "1.0.0a12"],
    ["1.0.0-b.3", "1.0.0b3"],
    ["1.0.0-beta.0", "1.0.0b0"],
    ["1.0.0-dev.4", "1.0.0.dev4"],
  ] as const
) {
  Deno.test(`pythonVersion writes ${version} as ${expected}`, () => assertEquals(pythonVersion(version), expected));
}

for (
  const version of [
    "",
    "1.0",
    "v1.0.0",
    "01.0.0",
    "1.0.0+build",
    "1.0.0-rc.1+build",
    "1.0.0-rc.1.2",
    "1.0.0-nightly.1",
    "1.0.0-1",
    // After a release for Python's tools, before it for Deno.
    "1.0.0-post.1",
  ]
) {
  Deno.test(`pythonVersion refuses ${JSON.stringify(version)}`, () => {
    assertThrows(
      () => pythonVersion(version),
      Error,
      `Cannot make a wheel of version ${version}: Python's tools know no such version`,
    );
  });
}
