import { assertEquals } from "@std/assert";
import { listNames, listPciDevices, readHardware } from "../../lib/context/hardware.ts";
import { FileFault } from "../../lib/host/host.ts";
import { MemoryHost, type MemoryHostOptions } from "../support/machine/memory_host.ts";

const DRIVERS = "/sys/bus/pci/drivers";
const NO_GPU = { [`${DRIVERS}/nvme/0000:01:00.0`]: "" };

function machineWith(...paths: readonly string[]): MemoryHostOptions {
  return { files: Object.fromEntries(paths.map((path) => [path, ""])) };
}

Deno.test("readHardware describes a machine", () => {
  const host = new MemoryHost(machineWith(`${DRIVERS}/nvidia/0000:65:00.0`));
  assertEquals(readHardware(host), { cpu: 8, gpu: 1, osName: "Linux", osVersion: "6.1.0" });
});

Deno.test("readHardware gives null for all that can't be told", () => {
  const host = new MemoryHost({ system: { cpus: () => undefined, release: () => undefined } });
  assertEquals(readHardware(host), { cpu: null, gpu: null, osName: "Linux", osVersion: null });
});

for (
  const [name, osName] of [["Darwin", "Darwin"], ["Windows", "Windows"], ["freebsd", "custom"], ["", "custom"]] as const
) {
  Deno.test(`readHardware gives the system "${name}" as ${osName}, without GPUs and without asking for files`, () => {
    const host = new MemoryHost({ ...machineWith("/dev/nvidia0"), system: { name } });
    assertEquals(readHardware(host), { cpu: 8, gpu: null, osName, osVersion: "6.1.0" });
    assertEquals(host.files.operations, []);
  });
}

for (
  const [count, cpu] of [[1, 1], [256, 256], [0, null], [-1, null], [1.5, null], [NaN, null], [Infinity, null]] as const
) {
  Deno.test(`readHardware gives ${count} processors as ${cpu}`, () => {
    const host = new MemoryHost({ files: NO_GPU, system: { cpus: () => count } });
    assertEquals(readHardware(host), { cpu, gpu: 0, osName: "Linux", osVersion: "6.1.0" });
  });
}

const RELEASES: readonly [release: string, reported: boolean][] = [
  ["5.15.0-1051-aws", true],
  ["6.6.87.2-microsoft-standard-WSL2", true],
  ["5.14.0-427.el9.x86_64+debug", true],
  ["6.1.0~rc1", true],
  ["4.19.0_custom", true],
  ["23.6.0", true],
  ["10.0.22631", true],
  ["6.1.0-" + "x".repeat(50), true],
  ["sk-live-0123456789abcdef", false],
  ["6.1.0-" + "x".repeat(65), false],
  ["", false],
  ["-6.1", false],
  ["6.1 ada's laptop", false],
  ["6.1\n", false],
  ["6.1/secret", false],
  ["6.1@ada", false],
  ["6.1é", false],
];
for (const [release, reported] of RELEASES) {
  Deno.test(`readHardware ${reported ? "gives" : "withholds"} the release ${JSON.stringify(release)}`, () => {
    const host = new MemoryHost({ files: NO_GPU, system: { release: () => release } });
    const osVersion = reported ? release : null;
    assertEquals(readHardware(host), { cpu: 8, gpu: 0, osName: "Linux", osVersion });
  });
}

const GPUS: readonly [what: string, paths: readonly string[], gpu: number | null][] = [
  ["nothing can be listed", [], null],
  ["there are drivers, but not NVIDIA's", [`${DRIVERS}/nvme/bind`], 0],
  ["the driver has taken no device", [`${DRIVERS}/nvidia/bind`, `${DRIVERS}/nvidia/module`], 0],
  ["the driver has taken two devices", [
    `${DRIVERS}/nvidia/0000:65:00.0`,
    `${DRIVERS}/nvidia/0000:B3:00.0`,
    `${DRIVERS}/nvidia/new_id`,
  ], 2],
  ["the address has a long domain", [`${DRIVERS}/nvidia/10000:01:00.0`], 1],
  ["names only look like addresses", [
    `${DRIVERS}/nvidia/x0000:65:00.0`,
    `${DRIVERS}/nvidia/0000:65:00.0x`,
    `${DRIVERS}/nvidia/000:65:00.0`,
    `${DRIVERS}/nvidia/0000:65:00.8`,
    `${DRIVERS}/nvidia/0000:6g:00.0`,
  ], 0],
  ["the driver's folders disagree", [`${DRIVERS}/nvidia/0000:65:00.0`, "/dev/nvidia0", "/dev/nvidia1"], 1],
  ["only the driver's own list has devices", [
    "/proc/driver/nvidia/gpus/0000:65:00.0/information",
    "/dev/nvidia0",
    "/dev/nvidia1",
  ], 1],
  ["only device files are there", [
    "/dev/nvidia0",
    "/dev/nvidia11",
    "/dev/nvidiactl",
    "/dev/nvidia-uvm",
    "/dev/xnvidia2",
  ], 2],
  [
    "only the driver's other device files are there",
    [`${DRIVERS}/nvme/bind`, "/dev/nvidiactl", "/dev/nvidia-caps/1"],
    0,
  ],
  ["the kernel's drivers can't be listed", ["/dev/null", "/proc/driver/rtc"], null],
  ["the Windows Subsystem for Linux lends devices", [`${DRIVERS}/virtio-pci/bind`, "/dev/dxg"], null],
  ["AMD's driver has two devices", [
    `${DRIVERS}/amdgpu/0000:03:00.0`,
    `${DRIVERS}/amdgpu/0000:83:00.0`,
    `${DRIVERS}/amdgpu/bind`,
  ], 2],
  ["both vendors' drivers have devices", [
    `${DRIVERS}/amdgpu/0000:03:00.0`,
    `${DRIVERS}/nvidia/0000:65:00.0`,
    "/dev/nvidia0",
  ], 2],
  ["AMD's driver has taken no device", [`${DRIVERS}/amdgpu/bind`], 0],
  ["devices are lent and the driver has one", [`${DRIVERS}/nvidia/0000:65:00.0`, "/dev/dxg"], 1],
];
for (const [what, paths, gpu] of GPUS) {
  Deno.test(`readHardware counts ${gpu ?? "unknown"} GPUs where ${what}`, () => {
    assertEquals(readHardware(new MemoryHost(machineWith(...paths))), {
      cpu: 8,
      gpu,
      osName: "Linux",
      osVersion: "6.1.0",
    });
  });
}

const FORBIDDEN: readonly [path: string, gpu: number | null][] = [
  [DRIVERS, null],
  [`${DRIVERS}/nvidia`, null],
  [`${DRIVERS}/amdgpu`, null],
  ["/proc/driver/nvidia/gpus", 0],
  ["/dev", 0],
];
for (const [path, gpu] of FORBIDDEN) {
  Deno.test(`readHardware counts ${gpu ?? "unknown"} GPUs where ${path} can't be listed and nothing is found`, () => {
    const host = new MemoryHost({ files: NO_GPU });
    host.files.before = (operation) => {
      if (operation.path === path) throw new FileFault("list a folder", "EACCES");
    };
    assertEquals(readHardware(host), { cpu: 8, gpu, osName: "Linux", osVersion: "6.1.0" });
  });
}

Deno.test("readHardware opens no file", () => {
  const host = new MemoryHost({ files: NO_GPU });
  readHardware(host);
  assertEquals(new Set(host.files.operations.map(({ action }) => action)), new Set(["list", "stat"]));
});

Deno.test("listNames gives none for no folder, and undefined for one that can't be listed", () => {
  const host = new MemoryHost(machineWith("/a/b", "/a/c", "/secret/x"));
  host.files.before = ({ path }) => {
    if (path === "/secret") throw new FileFault("list a folder", "EACCES");
  };
  const answers = ["/a", "/none", "/a/b", "/secret"].map((folder) => listNames(host, folder));
  assertEquals(answers, [["b", "c"], [], [], undefined]);
});

Deno.test("listPciDevices gives the addresses in a driver's folder", () => {
  const host = new MemoryHost(machineWith(`${DRIVERS}/ena/0000:00:05.0`, `${DRIVERS}/ena/bind`));
  assertEquals([listPciDevices(host, "ena"), listPciDevices(host, "gve")], [["0000:00:05.0"], []]);
});
