import { dirname } from "@std/path/posix";
import { type FileEntry, FileFault, type FileLock, type Files, type FileStat } from "../../../lib/host/host.ts";

/** What is planted at a path of a `MemoryFiles`. */
export type Node =
  | { kind: "file"; content: Uint8Array; mode: number; modified: Date }
  | { kind: "directory"; mode: number }
  | { kind: "link"; target: string }
  | { kind: "other" };

/** One thing that was asked of the filesystem. */
export interface Operation {
  readonly action:
    | "read"
    | "create"
    | "append"
    | "rename"
    | "remove"
    | "list"
    | "stat"
    | "makeDirectory"
    | "chown"
    | "sync"
    | "lock";
  readonly path: string;
}

const WRITES = new Set<Operation["action"]>([
  "create",
  "append",
  "rename",
  "remove",
  "makeDirectory",
  "chown",
  "sync",
  "lock",
]);

/** A filesystem in memory: files, folders, links and pipes, with every operation written down. */
export class MemoryFiles implements Files {
  readonly nodes = new Map<string, Node>();
  readonly operations: Operation[] = [];
  /** Paths that somebody else holds the lock of. */
  readonly lockedElsewhere = new Set<string>();
  /** Filesystems mounted at a path, by their device; everything else is on device 1. */
  readonly mounts = new Map<string, number>();
  /** Paths of files that belong to another user. */
  readonly foreign = new Set<string>();
  /** Called before each operation; a `FileFault` that it throws is what the program gets. */
  before: (operation: Operation) => void = () => {};
  readonly #held = new Map<string, { readonly shared: boolean; count: number }>();
  #inodes = new WeakMap<Node, number>();
  #lastInode = 0;
  #now: () => Date;

  constructor(now: () => Date) {
    this.#now = now;
    this.nodes.set("/", { kind: "directory", mode: 0o755 });
  }

  /** The paths that were opened to read, in order. */
  get reads(): string[] {
    return this.operations.filter((operation) => !WRITES.has(operation.action)).map((operation) => operation.path);
  }

  /** The paths that were changed or asked to be, in order. */
  get writes(): string[] {
    return this.operations.filter((operation) => WRITES.has(operation.action)).map((operation) => operation.path);
  }

  /** Puts a file there, and the folders above it, without writing it down. */
  plant(path: string, content: string | Uint8Array, mode = 0o600): void {
    this.plantFolder(dirname(path));
    const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
    this.nodes.set(path, { kind: "file", content: bytes, mode, modified: this.#now() });
  }

  plantFolder(path: string): void {
    if (this.nodes.has(path)) return;
    this.plantFolder(dirname(path));
    this.nodes.set(path, { kind: "directory", mode: 0o755 });
  }

  /** The text of a file, or undefined where there is none; not written down. */
  text(path: string): string | undefined {
    const node = this.nodes.get(path);
    return node?.kind === "file" ? new TextDecoder().decode(node.content) : undefined;
  }

  /** The names in a folder, sorted; not written down. */
  names(path: string): string[] {
    const prefix = path === "/" ? "/" : path + "/";
    return [...this.nodes.keys()]
      .filter((name) => name.startsWith(prefix) && name !== path && !name.slice(prefix.length).includes("/"))
      .map((name) => name.slice(prefix.length)).sort();
  }

  read(path: string, limit: number, follow = false): Uint8Array {
    this.#note("read", path);
    const node = this.#lookUp("read a file", path, follow);
    if (node.kind !== "file") throw new FileFault("read a file", "NotAFile");
    if (node.content.length > limit) throw new FileFault("read a file", "TooLarge");
    return node.content.slice();
  }

  readOwn(path: string, limit: number): Uint8Array {
    const content = this.read(path, limit);
    if (this.foreign.has(path)) throw new FileFault("read a file", "Foreign");
    return content;
  }

  create(path: string, content: Uint8Array, mode = 0o600): void {
    this.#note("create", path);
    this.#parent("create a file", path);
    if (this.nodes.has(path)) throw new FileFault("create a file", "EEXIST");
    this.nodes.set(path, { kind: "file", content: content.slice(), mode, modified: this.#now() });
  }

  append(path: string, content: Uint8Array): void {
    this.#note("append", path);
    this.#parent("add to a file", path);
    const node = this.nodes.get(path) ??
      { kind: "file", content: new Uint8Array(), mode: 0o600, modified: this.#now() };
    if (node.kind === "link") throw new FileFault("add to a file", "ELOOP");
    if (node.kind !== "file") throw new FileFault("add to a file", "NotAFile");
    const joined = new Uint8Array(node.content.length + content.length);
    joined.set(node.content);
    joined.set(content, node.content.length);
    const longer: Node = { ...node, content: joined, modified: this.#now() };
    this.#inodes.set(longer, this.#inodeOf(node));
    this.nodes.set(path, longer);
  }

  rename(from: string, to: string): void {
    this.#note("rename", to);
    const node = this.nodes.get(from);
    if (node === undefined) throw new FileFault("replace a file", "ENOENT");
    if (this.nodes.get(to)?.kind === "directory") throw new FileFault("replace a file", "EISDIR");
    this.#parent("replace a file", to);
    this.nodes.set(to, node);
    this.nodes.delete(from);
  }

  remove(path: string): void {
    this.#note("remove", path);
    const node = this.nodes.get(path);
    if (node === undefined) throw new FileFault("remove a file", "ENOENT");
    if (node.kind === "directory" && this.names(path).length > 0) throw new FileFault("remove a file", "ENOTEMPTY");
    this.nodes.delete(path);
  }

  list(path: string): FileEntry[] {
    this.#note("list", path);
    const node = this.#lookUp("list a folder", path, true);
    if (node.kind !== "directory") throw new FileFault("list a folder", "ENOTDIR");
    return this.names(path).map((name) => ({
      name,
      kind: this.#at(path === "/" ? "/" + name : `${path}/${name}`).kind,
    }));
  }

  stat(path: string, follow = false): FileStat {
    this.#note("stat", path);
    const node = follow ? this.#lookUp("look at a path", path, true) : this.nodes.get(path);
    if (node === undefined) throw new FileFault("look at a path", "ENOENT");
    return {
      kind: node.kind,
      size: node.kind === "file" ? node.content.length : 0,
      mode: node.kind === "file" || node.kind === "directory" ? node.mode : 0o777,
      uid: 1000,
      gid: 1000,
      device: this.#deviceOf(path),
      inode: this.#inodeOf(node),
      modified: node.kind === "file" ? node.modified : undefined,
      changed: node.kind === "file" ? wholeSeconds(node.modified) : undefined,
    };
  }

  chown(path: string): void {
    this.#note("chown", path);
  }

  makeDirectory(path: string): void {
    this.#note("makeDirectory", path);
    const node = this.nodes.get(path);
    if (node?.kind === "directory") return;
    if (node !== undefined) throw new FileFault("make a folder", "EEXIST");
    for (let above = dirname(path); above !== "/"; above = dirname(above)) {
      const kind = this.nodes.get(above)?.kind ?? "directory";
      if (kind !== "directory") throw new FileFault("make a folder", "ENOTDIR");
    }
    const missing: string[] = [];
    for (let above = path; !this.nodes.has(above); above = dirname(above)) missing.push(above);
    for (const folder of missing) this.nodes.set(folder, { kind: "directory", mode: 0o700 });
  }

  sync(directory: string): void {
    this.#note("sync", directory);
  }

  lock(path: string, kind: "exclusive" | "shared" = "exclusive", make = true): FileLock | undefined {
    // One that makes nothing changes nothing.
    if (make) this.#note("lock", path);
    else this.before({ action: "lock", path });
    if (!make && !this.nodes.has(path) && !this.lockedElsewhere.has(path)) throw new FileFault("lock a file", "ENOENT");
    const shared = kind === "shared";
    const held = this.#held.get(path);
    if (this.lockedElsewhere.has(path) || (held !== undefined && !(held.shared && shared))) return undefined;
    if (!this.nodes.has(path)) {
      this.#parent("lock a file", path);
      this.nodes.set(path, { kind: "file", content: new Uint8Array(), mode: 0o600, modified: this.#now() });
    }
    const lock = held ?? { shared, count: 0 };
    lock.count++;
    this.#held.set(path, lock);
    return { release: () => void (--lock.count === 0 && this.#held.delete(path)) };
  }

  /** Drops every lock, as the system does when a process dies. */
  dropLocks(): void {
    this.#held.clear();
  }

  /** The locks held right now. */
  get held(): string[] {
    return [...this.#held.keys()];
  }

  #note(action: Operation["action"], path: string): void {
    this.operations.push({ action, path });
    this.before({ action, path });
  }

  #deviceOf(path: string): number {
    for (let above = path;; above = dirname(above)) {
      const device = this.mounts.get(above);
      if (device !== undefined || above === "/") return device ?? 1;
    }
  }

  /** Numbers are given when they are first asked for. What is appended to or renamed keeps its own. */
  #inodeOf(node: Node): number {
    const inode = this.#inodes.get(node) ?? ++this.#lastInode;
    this.#inodes.set(node, inode);
    return inode;
  }

  #at(path: string): Node {
    const node = this.nodes.get(path);
    if (node === undefined) throw new FileFault("look at a path", "ENOENT");
    return node;
  }

  #lookUp(action: string, path: string, follow: boolean): Node {
    let node = this.nodes.get(path);
    for (let hops = 0; node?.kind === "link"; hops++) {
      if (!follow || hops > 8) throw new FileFault(action, "ELOOP");
      node = this.nodes.get(node.target);
    }
    if (node === undefined) throw new FileFault(action, "ENOENT");
    return node;
  }

  #parent(action: string, path: string): void {
    const node = this.nodes.get(dirname(path));
    if (node === undefined) throw new FileFault(action, "ENOENT");
    if (node.kind !== "directory") throw new FileFault(action, "ENOTDIR");
  }
}

function wholeSeconds(moment: Date): Date {
  return new Date(Math.floor(moment.getTime() / 1000) * 1000);
}
