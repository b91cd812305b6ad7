import { DEFAULT_ENDPOINT } from "../../lib/build_config.ts";
import { noticeText } from "../../lib/consent/notice.ts";

/** What users are told, as a release for the default endpoint says it. */
export function noticeBlock(): string {
  const addressee = new URL(DEFAULT_ENDPOINT).hostname;
  return `\`\`\`text\n${noticeText({ locked: false, addressee, leavesFrom: "15:04" })}\`\`\``;
}
