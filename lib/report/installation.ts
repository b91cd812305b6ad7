/** What a report says of the installation that made it. */
export interface Maker {
  /** Null while nobody was told. */
  readonly machineId: string | null;
  /** SHA-256 (hex) of the licence; null without one. */
  readonly licenceHash: string | null;
  /** The company that a valid licence names; null without one. */
  readonly company: string | null;
  /** The kernel's release, as `readHardware` gives it; null where it can't be told. */
  readonly osRelease: string | null;
}

/** This installation at the time of sending. */
export interface Installation extends Maker {
  readonly machineId: string;
}

/**
 * Up to three numbers. None is as long as in a telephone number, but for the third, which on Windows has five digits.
 * There is no fourth, because four could be an address on a network.
 */
const NUMBERS = /^\d{1,2}(?!\d)(?:\.\d{1,3}(?!\d)(?:\.\d{1,5}(?!\d))?)?/;

/**
 * What is reported of a release that a waiting report says: this machine's own as it is, of any other the numbers in
 * front. Somebody may have written the rest into the queue. A kernel that was updated meanwhile loses its suffix too.
 */
export function confirmRelease(said: string | null, own: string | null): string | null {
  if (said === null || said === own) return said;
  return NUMBERS.exec(said)?.[0] ?? null;
}

/** Whether a report says all this of its maker already. */
export function isMadeBy(maker: Maker, installation: Maker): boolean {
  return maker.machineId === installation.machineId && maker.licenceHash === installation.licenceHash &&
    maker.company === installation.company &&
    maker.osRelease === confirmRelease(maker.osRelease, installation.osRelease);
}
