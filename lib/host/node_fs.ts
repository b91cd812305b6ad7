/**
 * Node's functions for files, which know flags that Deno's don't. Not by an `import` at the top: with any of Node's
 * modules there, a start takes 2.6 % of a program that only ends longer.
 */
export const {
  closeSync,
  constants,
  fchmodSync,
  fstatSync,
  fsyncSync,
  lchownSync,
  openSync,
  readSync,
  writeSync,
} = await import("node:fs");
