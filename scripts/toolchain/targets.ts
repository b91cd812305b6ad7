/** A system that binaries are made for. */
export interface Target {
  /** Deno's name of the system. */
  readonly triple: string;
  /** The npm package with an executable that the same Deno made for it. */
  readonly npmPackage: string;
  /** The binary's name in a release, as people and the installers see it. */
  readonly file: string;
  readonly format: "ELF" | "Mach-O" | "PE";
  readonly machine: "x64" | "arm64";
  /**
   * The platforms that its wheel is for, as Python's tools name them. For Linux two, because tools that are older than
   * the names with a version of glibc know some of them only. Source: PEP 600.
   */
  readonly wheelPlatforms: readonly string[];
}

/** Every system that binaries are made for. */
export const TARGETS: readonly Target[] = [
  {
    triple: "x86_64-unknown-linux-gnu",
    npmPackage: "@stdy/cli-linux-x64",
    file: "rasa-telemetry-linux-x64",
    format: "ELF",
    machine: "x64",
    wheelPlatforms: ["manylinux_2_27_x86_64", "manylinux_2_28_x86_64"],
  },
  {
    triple: "aarch64-unknown-linux-gnu",
    npmPackage: "@stdy/cli-linux-arm64",
    file: "rasa-telemetry-linux-arm64",
    format: "ELF",
    machine: "arm64",
    wheelPlatforms: ["manylinux_2_27_aarch64", "manylinux_2_28_aarch64"],
  },
  {
    triple: "x86_64-apple-darwin",
    npmPackage: "@stdy/cli-darwin-x64",
    file: "rasa-telemetry-macos-x64",
    format: "Mach-O",
    machine: "x64",
    wheelPlatforms: ["macosx_10_12_x86_64"],
  },
  {
    triple: "aarch64-apple-darwin",
    npmPackage: "@stdy/cli-darwin-arm64",
    file: "rasa-telemetry-macos-arm64",
    format: "Mach-O",
    machine: "arm64",
    wheelPlatforms: ["macosx_11_0_arm64"],
  },
  {
    triple: "x86_64-pc-windows-msvc",
    npmPackage: "@stdy/cli-win32-x64",
    file: "rasa-telemetry-windows-x64.exe",
    format: "PE",
    machine: "x64",
    wheelPlatforms: ["win_amd64"],
  },
];

/** This machine's own system. */
export function hostTarget(): string {
  return Deno.build.target;
}

/** What is released for this machine's own system; undefined where nothing is. */
export function findHostTarget(): Target | undefined {
  return TARGETS.find(({ triple }) => triple === hostTarget());
}
