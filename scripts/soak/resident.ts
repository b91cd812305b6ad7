/** How many processes run this binary, and how much memory they have, in KiB. Asks /proc. */
export async function residentOf(binary: string): Promise<{ readonly processes: number; readonly kib: number }> {
  let [processes, kib] = [0, 0];
  for await (const { name } of Deno.readDir("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    const read = (file: string) => Deno.readTextFile(`/proc/${name}/${file}`).catch(() => "");
    if (!(await read("cmdline")).startsWith(`${binary}\0`)) continue;
    processes++;
    kib += Number(/^VmRSS:\s+(\d+)/m.exec(await read("status"))?.[1] ?? 0);
  }
  return { processes, kib };
}
