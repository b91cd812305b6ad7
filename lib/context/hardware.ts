import type { Host } from "../host/host.ts";
import { isThere, orElse, orIfMissing } from "../host/or_else.ts";

/** The machine's size and its system. */
export interface Hardware {
  /** The number of logical processors that this process may use, or null where it can't be told. */
  readonly cpu: number | null;
  /** The number of NVIDIA's and AMD's devices that their drivers use, or null where it can't be told. */
  readonly gpu: number | null;
  /** `Linux`, `Darwin`, `Windows`, or `custom` for any other. */
  readonly osName: string;
  /** The kernel's release, or null where it can't be told or doesn't look like a release. */
  readonly osVersion: string | null;
}

/** The systems that are reported by name. Source: what Python's `platform.system()` returns where Rasa Pro runs. */
export const OS_NAMES: readonly string[] = ["Linux", "Darwin", "Windows"];

/** What a reported release looks like. Whoever builds a kernel can write anything there. */
export const OS_VERSION: RegExp = /^\d{1,5}(\.\d[A-Za-z0-9._+~-]{0,60})?$/;

/** A folder for each driver of PCI devices. */
export const PCI_DRIVERS = "/sys/bus/pci/drivers";

/** A device's domain, bus, device and function, in hex. A driver's folder also holds `bind`, `module` and the like. */
const PCI_ADDRESS = /^[0-9A-Fa-f]{4,8}:[0-9A-Fa-f]{2}:[0-9A-Fa-f]{2}\.[0-7]$/;

/** Where NVIDIA's devices are listed, most reliable first. Sources: the kernel's sysfs, its driver's README. */
export const GPU_LISTS: readonly (readonly [folder: string, device: RegExp])[] = [
  [`${PCI_DRIVERS}/nvidia`, PCI_ADDRESS],
  ["/proc/driver/nvidia/gpus", PCI_ADDRESS],
  ["/dev", /^nvidia\d+$/],
];

/** The driver of AMD's devices. */
export const AMD_DRIVER = "amdgpu";

/** Through this device the Windows Subsystem for Linux lends the machine's GPUs, without saying how many. */
export const WSL_GPU = "/dev/dxg";

/** Reads the machine's size and its system. Never throws. */
export function readHardware(host: Host): Hardware {
  const cpus = host.system.cpus();
  return {
    cpu: cpus !== undefined && Number.isInteger(cpus) && cpus > 0 ? cpus : null,
    gpu: countGpus(host),
    osName: OS_NAMES.includes(host.system.name) ? host.system.name : "custom",
    osVersion: readRelease(host),
  };
}

/** The kernel's release, or null where it can't be told or doesn't look like a release. Never throws. */
export function readRelease(host: Host): string | null {
  const release = host.system.release();
  return release !== undefined && OS_VERSION.test(release) ? release : null;
}

/** Addresses of a PCI driver's devices, none where it isn't loaded. A container sees all of the machine's. */
export function listPciDevices(host: Host, driver: string): readonly string[] | undefined {
  return listNames(host, `${PCI_DRIVERS}/${driver}`)?.filter((name) => PCI_ADDRESS.test(name));
}

/** The names in a folder, none where there is no such folder. Undefined where it can't be read. */
export function listNames(host: Host, folder: string): readonly string[] | undefined {
  return orElse(() => orIfMissing(() => host.files.list(folder).map((entry) => entry.name), []), undefined);
}

/** Zero is certain only where the kernel's list of drivers can be read. */
function countGpus(host: Host): number | null {
  if (host.system.name !== "Linux") return null;
  const amd = listPciDevices(host, AMD_DRIVER);
  const count = countNvidia(host) + (amd?.length ?? 0);
  if (count > 0) return count;
  const isListed = isThere(host, PCI_DRIVERS) === true && listNames(host, PCI_DRIVERS) !== undefined;
  const sure = isListed && amd !== undefined && listPciDevices(host, "nvidia") !== undefined;
  return sure && isThere(host, WSL_GPU) === false ? 0 : null;
}

/** The first list that names a device decides. */
function countNvidia(host: Host): number {
  for (const [folder, device] of GPU_LISTS) {
    const count = listNames(host, folder)?.filter((name) => device.test(name)).length ?? 0;
    if (count > 0) return count;
  }
  return 0;
}
