import type { EndToEnd } from "../scenes/end_to_end.ts";
import { binaryPath } from "./binary.ts";
import { IS_ROOT } from "./conditions.ts";

/** The number of a user who owns nothing. Source: the kernel's overflow user, which distributions call nobody. */
const NOBODY = 65_534;

/**
 * The user to run the binary as where file permissions matter, which bind everybody but root: nobody, who is given the binary
 * and, until the test changes that, the home. Undefined where the tests don't run as root: then their own user will do.
 */
export async function asNobody({ folder, home }: EndToEnd): Promise<number | undefined> {
  if (!IS_ROOT) return undefined;
  await Deno.chmod(folder, 0o755);
  await Deno.chown(home, NOBODY, NOBODY);
  try {
    await Deno.link(binaryPath(), `${folder}/rasa-telemetry`);
  } catch {
    // Another filesystem.
    await Deno.copyFile(binaryPath(), `${folder}/rasa-telemetry`);
  }
  return NOBODY;
}
