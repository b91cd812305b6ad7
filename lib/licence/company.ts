import { unicodePattern } from "../unicode.ts";

/** A name of at most 200 characters that can be seen. */
const REPORTABLE = unicodePattern(
  String.raw`^[^\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]{0,200}$`,
  "u",
);

/**
 * Whether a company's name may be reported: it has at most 200 characters, and each can be seen. That excludes control
 * and line-breaking characters, marks that are invisible or change the direction of writing, and lone surrogates.
 */
export function isReportableCompany(name: string): boolean {
  return REPORTABLE().test(name);
}
