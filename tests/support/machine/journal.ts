import { dirname } from "@std/path/posix";
import type { MemoryHost } from "./memory_host.ts";

/**
 * Renames, creations and removals that a power cut would undo, because their folder wasn't synced since, and content that it
 * would take, because it wasn't synced when it was written. Folders are taken for durable, as journals make them.
 */
export class Journal {
  #undo: { readonly folder: string; readonly back: () => void }[] = [];
  /** By content that wasn't synced: what of it is certain. */
  readonly #certain = new WeakMap<Uint8Array, Uint8Array>();
  #machine: MemoryHost | undefined;

  note(machine: MemoryHost, path: string): void {
    const { nodes } = machine.files;
    const before = nodes.get(path);
    const back = () => void (before === undefined ? nodes.delete(path) : nodes.set(path, before));
    this.#undo.push({ folder: dirname(path), back });
  }

  /** What is in the file now isn't certain: of what was in it before, as much as was. */
  noteContent(machine: MemoryHost, path: string, before: Uint8Array): void {
    const node = machine.files.nodes.get(path);
    if (node?.kind !== "file") return;
    this.#machine = machine;
    this.#certain.set(node.content, this.#certain.get(before) ?? before);
  }

  syncContent(machine: MemoryHost, path: string): void {
    const node = machine.files.nodes.get(path);
    if (node?.kind === "file") this.#certain.delete(node.content);
  }

  sync(folder: string): void {
    this.#undo = this.#undo.filter((entry) => entry.folder !== folder);
  }

  /** The power is cut: what wasn't synced is as before. */
  cut(): void {
    for (const { back } of this.#undo.reverse()) back();
    this.#undo = [];
    const nodes = this.#machine?.files.nodes ?? new Map();
    for (const [path, node] of nodes) {
      const content = node.kind === "file" ? this.#certain.get(node.content) : undefined;
      if (content !== undefined) nodes.set(path, { ...node, content });
    }
  }
}
