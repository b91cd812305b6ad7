/** What says which notice first told users of it: an event, a property, or what is recorded of them. */
export interface Announced {
  /** The number of that notice. */
  readonly announced: number;
}

/** The number of the first notice. */
export const FIRST_NOTICE = 1;

/** What documents say of the numbers, once for all events and properties. */
export const ANNOUNCED_MEANING =
  "The first notice told users of everything that names no notice here. What a later notice announces is withheld " +
  "until the user was told by that notice.";

/** Whether whoever knows the notice of this number, and the notices before it, was told of it. */
export function isAnnounced({ announced }: Announced, knownNotice: number): boolean {
  return announced <= knownNotice;
}

/** A description that names the notice which announced it. The first isn't named. */
export function describeAnnounced({ description, announced }: Announced & { readonly description: string }): string {
  return announced === FIRST_NOTICE ? description : `${description}; announced by notice ${announced}`;
}
