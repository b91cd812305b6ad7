/** The command of a Python that the module runs on (3.8 or newer), or undefined where there is none. */
export async function findPython(): Promise<string | undefined> {
  for (const name of ["python3", "python"]) {
    try {
      const { success } = await new Deno.Command(name, {
        args: ["-c", "import sys; sys.exit(sys.version_info < (3, 8))"],
        stdout: "null",
        stderr: "null",
      }).output();
      if (success) return name;
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  }
  return undefined;
}
