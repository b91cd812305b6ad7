import { CLOUD_INIT_RUN, CLOUD_INIT_STATE, CLOUD_MARKERS, DISKS, PROVIDERS_DRIVERS } from "../../lib/context/cloud.ts";
import { BOOTED, CONTAINERS_HOST } from "../../lib/context/container.ts";
import { CONTAINER_MARKERS } from "../../lib/host/container.ts";
import { HOSTNAME_FILE, MACHINE_ID_FILE } from "../../lib/consent/place.ts";
import { MACHINE_POLICY, PROJECT_POLICY } from "../../lib/consent/policy.ts";
import { SYSTEM_CONFIG } from "../../lib/context/git/origin.ts";
import { AMD_DRIVER, GPU_LISTS, PCI_DRIVERS, WSL_GPU } from "../../lib/context/hardware.ts";
import { HOME_FILES } from "../../lib/home.ts";

/**
 * Every path that the binary uses on Linux. docs/reference/permissions.md shows the list, and a test of its system
 * calls enforces it.
 */

/** When a path is used: at every start, to learn what is stored, to make a report, or to reach a server over HTTPS. */
export type Occasion = "start" | "stored" | "report" | "https";

/**
 * Paths with one purpose. `~` is the home, `.` the working folder; `*` stands for any name, `**` for everything below.
 */
export interface Use {
  readonly occasion: Occasion;
  /** The most that is done there: to look whether something is there, to list it, to read it, or to change it too. */
  readonly most: "look" | "list" | "read" | "write";
  readonly paths: readonly string[];
  readonly why: string;
}

/** The home of a user who has set no other, as documents write it. */
export const HOME = "~/.config/rasa";

const CONFIG_FILE = `${HOME}/${HOME_FILES.configFile.path}`;
const DIRECTORY = `${HOME}/${HOME_FILES.telemetryDirectory.path}`;

/**
 * Every path. Using any other is a fault. BINARY and AUTHORITIES are the binary itself and the file that SSL_CERT_FILE
 * names.
 */
export const USES: readonly Use[] = [
  {
    occasion: "start",
    most: "read",
    paths: ["BINARY", "/proc/self/exe"],
    why: "the program itself, which is in the same file as the runtime",
  },
  {
    occasion: "start",
    most: "read",
    paths: ["/etc/ld.so.preload", "/etc/ld.so.cache", "/lib*/**/*.so*", "/usr/lib*/**/*.so*"],
    why: "the system's loader: the C library and its parts",
  },
  { occasion: "start", most: "look", paths: ["/lib*/**", "/usr/lib*/**"], why: "the loader's search for them" },
  {
    occasion: "start",
    most: "read",
    paths: ["/proc/self/maps", "/proc/self/cgroup", "/proc/self/mountinfo", "/proc/meminfo", "/sys/fs/cgroup/**"],
    why: "the runtime: how much memory and how many processors it may use",
  },
  {
    occasion: "start",
    most: "read",
    paths: ["/sys/devices/system/cpu/**", "/sys/devices/system/clocksource/**"],
    why: "the runtime: processors and their clock",
  },
  { occasion: "start", most: "read", paths: ["/dev/urandom"], why: "the runtime: randomness" },
  {
    occasion: "start",
    most: "read",
    paths: ["/etc/localtime", "/usr/share/zoneinfo/**"],
    why: "the runtime: the time zone, which is not reported",
  },
  { occasion: "start", most: "look", paths: ["."], why: "the working folder" },
  {
    occasion: "stored",
    most: "write",
    paths: [HOME, CONFIG_FILE, `${CONFIG_FILE}.*.tmp`],
    why: "the stored choice",
  },
  {
    occasion: "stored",
    most: "write",
    paths: [DIRECTORY, `${DIRECTORY}/*`],
    why: "the record of consent with the machine id, queued reports, the state of deliveries, locks, logs",
  },
  {
    occasion: "stored",
    most: "read",
    paths: [MACHINE_POLICY, `./${PROJECT_POLICY}`],
    why: "a policy that says no, for the machine or the project; also looked for in the folders above the project",
  },
  {
    occasion: "stored",
    most: "look",
    paths: ["./.git"],
    why: "where the project ends, above which there is no policy; also in the folders above",
  },
  {
    occasion: "stored",
    most: "read",
    paths: [MACHINE_ID_FILE, HOSTNAME_FILE],
    why: "whether the home was copied from another machine or container; a hash of it is kept, and never sent",
  },
  { occasion: "stored", most: "look", paths: CONTAINER_MARKERS, why: "whether this is a container" },
  {
    occasion: "stored",
    most: "look",
    paths: ["/proc/self/fd/2"],
    why: "`init`: whether somebody can read what it shows",
  },
  { occasion: "stored", most: "read", paths: ["AUTHORITIES"], why: "the file that SSL_CERT_FILE names" },
  { occasion: "report", most: "read", paths: ["/proc/sys/kernel/osrelease"], why: "context.os.version" },
  {
    occasion: "report",
    most: "list",
    paths: [PCI_DRIVERS, `${PCI_DRIVERS}/${AMD_DRIVER}`, WSL_GPU, ...GPU_LISTS.map(([folder]) => folder)].sort(),
    why: "context.gpu: how many there are, by names in folders",
  },
  {
    occasion: "report",
    most: "list",
    paths: [
      ...[DISKS, CLOUD_INIT_RUN, CLOUD_INIT_STATE, ...CLOUD_MARKERS],
      ...PROVIDERS_DRIVERS.map((driver) => `${PCI_DRIVERS}/${driver}`),
    ].sort(),
    why: "context.cloud: files that only a provider's machines have",
  },
  { occasion: "report", most: "look", paths: [...CONTAINER_MARKERS, BOOTED, CONTAINERS_HOST], why: "context.docker" },
  {
    occasion: "report",
    most: "read",
    paths: ["./.git/HEAD", "./.git/config", "./.git/config.worktree", "./.git/commondir"],
    why: "context.project: the hash of the remote's address",
  },
  {
    occasion: "report",
    most: "look",
    paths: ["./.git", "./HEAD", "./.git/objects/**", "./.git/refs/**"],
    why: "context.project: whether git would call this a repository; the first two also in the folders above",
  },
  {
    occasion: "report",
    most: "read",
    paths: [
      "~/.gitconfig",
      "~/.config/git/config",
      ...SYSTEM_CONFIG,
    ],
    why: "context.project: whether git's own configuration changes that address",
  },
  {
    occasion: "https",
    most: "read",
    paths: ["/etc/resolv.conf", "/etc/hosts", "/etc/host.conf", "/etc/nsswitch.conf", "/etc/gai.conf"],
    why: "the system's resolver: the endpoint's address",
  },
  {
    occasion: "https",
    most: "read",
    paths: ["/dev/sysgenid"],
    why: "the runtime: whether a virtual machine was copied, for its randomness",
  },
];
