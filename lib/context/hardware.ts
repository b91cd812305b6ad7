import { FileFault, type Host, isMissing } from "../host/host.ts";
import { isThere } from "./container.ts";

/** The machine's size and its system. */
export interface Hardware {
  /** Logical processors, or null where that can't be told. */
  readonly cpu: number | null;
  /** NVIDIA devices that their driver has taken, or null where that can't be told. */
  readonly gpu: number | null;
  /** `Linux`, `Darwin`, `Windows`, or `custom` for any other. */
  readonly osName: string;
  /** The kernel's release, or null where it can't be told or doesn't look like one. */
  readonly osVersion: string | null;
}

/** What a folder holds: its entries' names, that there is no such folder, or that it can't be asked. */
export type Listing = readonly string[] | "missing" | "unreadable";

/** The systems that are reported by name. Source: what Python's `platform.system()` gives where Rasa Pro runs. */
export const OS_NAMES: readonly string[] = ["Linux", "Darwin", "Windows"];

/** A kernel's release may hold anything that who built it wrote there. */
export const OS_VERSION: RegExp = /^\d{1,5}(\.\d[A-Za-z0-9._+~-]{0,60})?$/;

const PCI_DRIVERS = "/sys/bus/pci/drivers";

/** Domain, bus, device and function, in hex. A driver's folder also holds `bind`, `module` and the like. */
const PCI_ADDRESS = /^[0-9A-Fa-f]{4,8}:[0-9A-Fa-f]{2}:[0-9A-Fa-f]{2}\.[0-7]$/;

/** Where NVIDIA's devices are listed, in the order of trust. Source: the kernel's sysfs, and NVIDIA's driver's README. */
const GPU_LISTS: readonly (readonly [folder: string, device: RegExp])[] = [
  [`${PCI_DRIVERS}/nvidia`, PCI_ADDRESS],
  ["/proc/driver/nvidia/gpus", PCI_ADDRESS],
  ["/dev", /^nvidia\d+$/],
];

/** Asks the system about itself. Never throws. */
export function readHardware(host: Host): Hardware {
  const cpus = host.system.cpus();
  const release = host.system.release();
  return {
    cpu: cpus !== undefined && Number.isInteger(cpus) && cpus > 0 ? cpus : null,
    gpu: countGpus(host),
    osName: OS_NAMES.includes(host.system.name) ? host.system.name : "custom",
    osVersion: release !== undefined && OS_VERSION.test(release) ? release : null,
  };
}

/**
 * The addresses of the devices that a PCI driver has taken, `missing` where the driver isn't loaded. A container sees all
 * of the machine's.
 */
export function listPciDevices(host: Host, driver: string): Listing {
  const names = listNames(host, `${PCI_DRIVERS}/${driver}`);
  return typeof names === "string" ? names : names.filter((name) => PCI_ADDRESS.test(name));
}

/** The names in a folder. */
export function listNames(host: Host, folder: string): Listing {
  try {
    return host.files.list(folder).map((entry) => entry.name);
  } catch (error) {
    if (isMissing(error)) return "missing";
    if (error instanceof FileFault) return "unreadable";
    throw error;
  }
}

/** The first list that names a device decides. None is sure only where the kernel could be asked for its drivers. */
function countGpus(host: Host): number | null {
  if (host.system.name !== "Linux") return null;
  for (const [folder, device] of GPU_LISTS) {
    const names = listNames(host, folder);
    const count = typeof names === "string" ? 0 : names.filter((name) => device.test(name)).length;
    if (count > 0) return count;
  }
  const sure = typeof listNames(host, PCI_DRIVERS) !== "string" && listPciDevices(host, "nvidia") !== "unreadable";
  // The Windows Subsystem for Linux lends out the machine's devices here, and doesn't say how many.
  return sure && isThere(host, "/dev/dxg") === false ? 0 : null;
}
