import { assertEquals } from "@std/assert";
import { readCloud } from "../../lib/context/cloud.ts";
import { FileFault } from "../../lib/host/host.ts";
import type { Variable } from "../../lib/host/variables.ts";
import { MemoryHost } from "../support/machine/memory_host.ts";

const CLOUD_VARIABLES: readonly Variable[] = [
  "AWS_EXECUTION_ENV",
  "ECS_CONTAINER_METADATA_URI",
  "ECS_CONTAINER_METADATA_URI_V4",
  "AWS_LAMBDA_FUNCTION_NAME",
  "K_SERVICE",
  "CLOUD_RUN_JOB",
  "GAE_ENV",
  "GOOGLE_CLOUD_PROJECT",
  "WEBSITE_INSTANCE_ID",
  "CONTAINER_APP_NAME",
  "AZUREML_RUN_ID",
];
for (const name of CLOUD_VARIABLES) {
  Deno.test(`readCloud is true on any system where ${name} is set, and asks for no file`, () => {
    for (const system of ["Linux", "Darwin", "Windows"]) {
      const host = new MemoryHost({ env: { [name]: "x" }, system: { name: system } });
      assertEquals([readCloud(host, true), readCloud(host, false), host.files.operations], [true, true, []]);
    }
  });
}

Deno.test("readCloud takes an empty variable as not set", () => {
  const env = Object.fromEntries(CLOUD_VARIABLES.map((name) => [name, ""]));
  assertEquals(readCloud(new MemoryHost({ env }), false), false);
});

const FILES: readonly (readonly [what: string, paths: readonly string[], expected: boolean])[] = [
  ["on a plain machine", [], false],
  ["with Azure's agent", ["/var/lib/waagent/x"], true],
  ["with Amazon's network device", ["/sys/bus/pci/drivers/ena/0000:00:05.0"], true],
  ["with Google's network device", ["/sys/bus/pci/drivers/gve/0000:00:04.0"], true],
  ["with Azure's network device", ["/sys/bus/pci/drivers/mana/7870:00:00.0"], true],
  ["with a provider's driver without a device", ["/sys/bus/pci/drivers/ena/bind"], false],
  ["with a disk of Google's by its name", ["/dev/disk/by-id/google-boot"], true],
  ["with a disk of Google's by its vendor", ["/dev/disk/by-id/scsi-0Google_PersistentDisk_boot"], true],
  ["with a disk of Amazon's", ["/dev/disk/by-id/nvme-Amazon_Elastic_Block_Store_vol0"], true],
  ["with disks of one's own", ["/dev/disk/by-id/ata-not-google-x", "/dev/disk/by-id/wwn-0x5"], false],
  ["with a reading device plugged in", ["/dev/disk/by-id/usb-Amazon_Kindle_0-0:0"], false],
  ["where cloud-init left its state", ["/var/lib/cloud/instance"], true],
  ["where cloud-init found a provider", ["/run/cloud-init/cloud-id-aws"], true],
  [
    "where cloud-init found a provider's region",
    ["/run/cloud-init/cloud-id-azure-china", "/run/cloud-init/cloud-id"],
    true,
  ],
  ["where cloud-init ran and left no word", ["/run/cloud-init/status.json", "/var/lib/cloud/data"], true],
  ["where cloud-init ran and left no word and no state", ["/run/cloud-init/status.json"], false],
  ["where cloud-init is switched off", ["/run/cloud-init/disabled", "/var/lib/cloud/data"], false],
  ...["configdrive", "disabled", "lxd", "maas", "nocloud", "none", "ovf", "unknown", "vmware", "wsl"].map((id) =>
    [`where cloud-init found ${id}`, [
      `/run/cloud-init/cloud-id-${id}`,
      "/run/cloud-init/cloud-id",
      "/var/lib/cloud/data",
    ], false] as const
  ),
  ["where cloud-init found nothing, on a provider's disk", [
    "/run/cloud-init/cloud-id-none",
    "/dev/disk/by-id/google-boot",
  ], true],
];
for (const [what, paths, expected] of FILES) {
  const files = Object.fromEntries(paths.map((path) => [path, ""]));
  Deno.test(`readCloud is ${expected} ${what}`, () => {
    assertEquals(readCloud(new MemoryHost({ files }), false), expected);
  });
  Deno.test(`readCloud is ${expected || null} in a container ${what}`, () => {
    assertEquals(readCloud(new MemoryHost({ files }), true), expected || null);
  });
}

Deno.test("readCloud is null on another system than Linux, and asks for no file there", () => {
  for (const system of ["Darwin", "Windows", "freebsd"]) {
    const host = new MemoryHost({ files: { "/var/lib/waagent/x": "" }, system: { name: system } });
    assertEquals([readCloud(host, false), host.files.operations], [null, []]);
  }
});

Deno.test("readCloud opens no file", () => {
  const host = new MemoryHost({ files: { "/run/cloud-init/cloud-id-aws": "aws\n" } });
  readCloud(host, false);
  assertEquals(host.files.operations, [
    { action: "stat", path: "/var/lib/waagent" },
    { action: "list", path: "/sys/bus/pci/drivers/ena" },
    { action: "list", path: "/sys/bus/pci/drivers/gve" },
    { action: "list", path: "/sys/bus/pci/drivers/mana" },
    { action: "list", path: "/dev/disk/by-id" },
    { action: "list", path: "/run/cloud-init" },
  ]);
});

for (
  const path of ["/var/lib/waagent", "/sys/bus/pci/drivers/ena", "/dev/disk/by-id", "/run/cloud-init", "/var/lib/cloud"]
) {
  Deno.test(`readCloud is null where ${path} can't be asked for and nothing else is found`, () => {
    const host = new MemoryHost();
    host.files.before = (operation) => {
      if (operation.path === path) throw new FileFault("look at a path", "EACCES");
    };
    assertEquals(readCloud(host, false), null);
    host.variables.K_SERVICE = "bot";
    assertEquals(readCloud(host, false), true);
  });
}

Deno.test("readCloud is true where one marker can't be asked for and another is found", () => {
  const host = new MemoryHost({ files: { "/dev/disk/by-id/google-boot": "" } });
  host.files.before = ({ path }) => {
    if (path !== "/dev/disk/by-id") throw new FileFault("look at a path", "EIO");
  };
  assertEquals(readCloud(host, false), true);
});

Deno.test("readCloud looks at the first 1,000 disks", () => {
  const others = (count: number) => Array.from({ length: count }, (_, index) => [`/dev/disk/by-id/ata-${index}`, ""]);
  const machine = (count: number) =>
    new MemoryHost({ files: Object.fromEntries([...others(count), ["/dev/disk/by-id/google-boot", ""]]) });
  assertEquals([readCloud(machine(999), false), readCloud(machine(1_000), false)], [true, false]);
});
