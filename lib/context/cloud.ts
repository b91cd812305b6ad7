import type { Host } from "../host/host.ts";
import { isThere } from "../host/or_else.ts";
import { CLOUD_VARIABLES } from "../host/variables/cloud.ts";
import { namesOf } from "../host/variables/rule.ts";
import { listNames, listPciDevices } from "./hardware.ts";

/** Paths that exist on one provider's machines only. A provider without one is found through cloud-init, or not. */
export const CLOUD_MARKERS: readonly string[] = [
  // Azure's Linux agent keeps its state here. Source: the agent's README.
  "/var/lib/waagent",
];

/** Drivers of network devices that only one provider has. Source: the kernel's documentation of each driver. */
export const PROVIDERS_DRIVERS: readonly string[] = [
  // Amazon's Elastic Network Adapter.
  "ena",
  // Google's virtual Ethernet.
  "gve",
  // Microsoft's Azure Network Adapter.
  "mana",
];

/** Links to disks, by names that tell who made them. */
export const DISKS = "/dev/disk/by-id";

/** Names of Google's and Amazon's disks, but not `usb-Amazon_Kindle`. Sources: Google's and systemd's udev rules. */
const PROVIDERS_DISK = /^(?:google-|scsi-0Google_|(?!usb-).*Amazon_)/;

/** The most disks whose names are looked at. */
const MAX_DISKS = 1_000;

/** The folder in which cloud-init says what it found: `cloud-id-aws` and the like, or `disabled`. Source: its code. */
export const CLOUD_INIT_RUN = "/run/cloud-init";

/** The folder in which cloud-init keeps its state. An ordinary machine on which it is installed has it too. */
export const CLOUD_INIT_STATE = "/var/lib/cloud";

/** What cloud-init calls a machine that is in nobody's cloud: a seed on a disk, a local hypervisor, or nothing. */
const LOCAL_CLOUD_IDS: ReadonlySet<string> = new Set(
  "configdrive disabled lxd maas nocloud none ovf unknown vmware wsl".split(" "),
);

/**
 * Whether this runs in a provider's cloud: one of the `cloud` variables is set and not empty or, on Linux, a marker
 * exists. Null where nothing was found and that proves nothing: where this may be a container, on another system, and
 * where a marker can't be looked up. Never throws.
 */
export function readCloud(host: Host, mayBeContainer: boolean): boolean | null {
  if (namesOf(CLOUD_VARIABLES).some((name) => Boolean(host.env(name)))) return true;
  if (host.system.name !== "Linux") return null;
  const answers = [
    ...CLOUD_MARKERS.map((path) => isThere(host, path)),
    ...PROVIDERS_DRIVERS.map((driver) => listPciDevices(host, driver)?.some(() => true)),
    listNames(host, DISKS)?.slice(0, MAX_DISKS).some((name) => PROVIDERS_DISK.test(name)),
    readCloudInit(host),
  ];
  if (answers.includes(true)) return true;
  return mayBeContainer || answers.includes(undefined) ? null : false;
}

/** What cloud-init found at this start decides. Its older state counts only where it says nothing of this one. */
function readCloudInit(host: Host): boolean | undefined {
  const found = listNames(host, CLOUD_INIT_RUN);
  if (found === undefined) return undefined;
  const ids = found.filter((name) => name.startsWith("cloud-id-")).map((name) => name.slice("cloud-id-".length));
  if (ids.length > 0) return ids.some((id) => !LOCAL_CLOUD_IDS.has(id));
  return found.includes("disabled") ? false : isThere(host, CLOUD_INIT_STATE);
}
