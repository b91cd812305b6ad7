/**
 * The number of the newest notice. Every event and property names the notice that announced it. The number is raised
 * when the notice announces something new; then users are told again.
 */
export const NOTICE_NUMBER = 1;
