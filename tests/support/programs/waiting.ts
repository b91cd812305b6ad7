/** Ways to wait for something, and to do things at the same time. */

/** Lets some time pass. */
export function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

/** Polls until something has happened. Throws where that takes more than about 10 s. */
export async function until(what: string, condition: () => boolean | Promise<boolean>): Promise<void> {
  for (let attempt = 0; attempt < 1000; attempt++) {
    if (await condition()) return;
    await pause(10);
  }
  throw new Error(`It did not happen within 10 s: ${what}`);
}

/** Does something `times` times, `width` at a time. */
export async function inParallel(width: number, times: number, work: (index: number) => Promise<void>): Promise<void> {
  let next = 0;
  const worker = async () => {
    for (let index = next++; index < times; index = next++) await work(index);
  };
  await Promise.all(Array.from({ length: width }, worker));
}
