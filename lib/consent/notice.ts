import type { Host } from "../host/host.ts";

/** The number of the newest notice. */
export const NOTICE_NUMBER = 1;

/** Facts. */
export interface NoticeFacts {
  readonly locked: boolean;
  readonly addressee: string;
  readonly leavesFrom: Date;
  readonly now: Date;
}

/** Stub. */
export function noticeFor(_host: Host, { addressee, leavesFrom, now, locked }: NoticeFacts): string {
  return `Notice ${addressee} ${locked}\nNothing leaves before ${clockTime(leavesFrom, now)}.\n`;
}

/** The moment on a clock. */
export function clockTime(moment: Date, now: Date): string {
  const two = (number: number) => String(number).padStart(2, "0");
  const time = `${two(moment.getHours())}:${two(moment.getMinutes())}`;
  if (moment.toDateString() === now.toDateString()) return time;
  return `${moment.getFullYear()}-${two(moment.getMonth() + 1)}-${two(moment.getDate())} ${time}`;
}

/** Stub. */
export function noticeText({ addressee, leavesFrom, now, locked }: NoticeFacts): string {
  return `Notice ${addressee} ${locked}\nNothing leaves before ${clockTime(leavesFrom, now)}.\n`;
}
