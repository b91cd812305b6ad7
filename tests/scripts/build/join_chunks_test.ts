import { assertEquals, assertRejects } from "@std/assert";
import { toFileUrl } from "@std/path";
import { joinChunks } from "../../../scripts/build/join_chunks.ts";

/** A bundle as the bundler writes it: two chunks that `track` alone needs, one of the program, one of `stream`. */
const MODULES: Readonly<Record<string, string>> = {
  "main.js": 'import{a as o}from"./chunk-PROGRAM.js";var t=o;export{t as program};',
  "track-1.js":
    'import{a as r,b as $}from"./chunk-ONE.js";import"./chunk-TWO.js";import{a as o}from"./chunk-PROGRAM.js";' +
    "var t=[r,$,o];export{t as track};",
  "stream-1.js":
    'import{a as r}from"./chunk-ONE.js";import{a as m}from"./chunk-STREAM.js";var s=[r,m];export{s as stream};',
  "chunk-PROGRAM.js": "var p={};export{p as a};",
  "chunk-ONE.js": 'import{a as t}from"./chunk-TWO.js";import{a as p}from"./chunk-PROGRAM.js";' +
    'var e=["one",t,p],n=async()=>(await import("./stream-1.js")).stream;export{e as a,n as b};',
  "chunk-TWO.js": 'var o="two";export{o as a};',
  "chunk-STREAM.js": 'var o="stream";export{o as a};',
  ...Object.fromEntries(
    ["init", "status", "disable", "judge", "record_one"].map((name) => [`${name}-1.js`, "var o=0;export{o as a};"]),
  ),
};

async function withBundle(modules: Readonly<Record<string, string>>, work: (folder: string) => Promise<void>) {
  const folder = await Deno.makeTempDir();
  try {
    for (const [name, text] of Object.entries(modules)) await Deno.writeTextFile(`${folder}/${name}`, `${text}\n`);
    await work(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("joinChunks joins what the same starts need, and leaves every module as it was for its importers", async () => {
  await withBundle(MODULES, async (folder) => {
    await joinChunks(folder);
    const names = (await Array.fromAsync(Deno.readDir(folder), ({ name }: Deno.DirEntry) => name)).sort();
    const kept = Object.keys(MODULES).filter((name) => !/PROGRAM|ONE|TWO/.test(name));
    assertEquals(names, [...kept, "joined-1.js", "joined-2.js"].sort());
    const load = (name: string) => import(toFileUrl(`${folder}/${name}`).href);
    const { program } = await load("main.js");
    const { track: [one, streamLater, shared] } = await load("track-1.js");
    const { stream } = await load("stream-1.js");
    assertEquals([one, stream], [["one", "two", program], [one, "stream"]]);
    // Each part is there once, whoever asks for it.
    assertEquals([shared === program, one[2] === program, stream[0] === one], [true, true, true]);
    assertEquals(await streamLater() === stream, true);
  });
});

Deno.test("joinChunks refuses a bundle in which it doesn't find a start", async () => {
  const { "init-1.js": _, ...others } = MODULES;
  await withBundle(others, async (folder) => {
    await assertRejects(() => joinChunks(folder), Error, "Cannot join the bundle's chunks: none is called init");
  });
});
