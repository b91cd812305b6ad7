/** Behind these a slash begins a pattern; behind anything else it divides, as behind `++` and `--`. */
const BEFORE_PATTERN = /(?:^|[(,=:[!&|?{};*%<>~^]|(?<!\+)\+|(?<!-)-|\b(?:return|typeof|case|in|of|void))\s*$/;

/** TypeScript without its comments and without what its texts and patterns say: `""` stands for each of those. */
export function codeOf(source: string): string {
  let code = "";
  // How many braces are open in each template that is interrupted by an expression.
  const templates: number[] = [];
  for (let at = 0; at < source.length;) {
    const rest = source.slice(at, at + 2);
    const character = source.charAt(at);
    if (rest === "//" || rest === "/*") {
      const end = rest === "//" ? source.indexOf("\n", at) : source.indexOf("*/", at + 2) + 2;
      at = end <= at ? source.length : end;
    } else if (character === '"' || character === "'") {
      at = endOf(source, at + 1, character);
      code += '""';
    } else if (character === "/" && BEFORE_PATTERN.test(code)) {
      at = endOfPattern(source, at + 1);
      code += '""';
    } else if (character === "`" || (character === "}" && templates.at(-1) === 0)) {
      if (character === "}") templates.pop();
      const end = endOfTemplate(source, at + 1);
      if (source.charAt(end - 1) === "{") templates.push(0);
      code += '""';
      at = end;
    } else {
      const open = templates.at(-1);
      if (open !== undefined && (character === "{" || character === "}")) {
        templates[templates.length - 1] = open + (character === "{" ? 1 : -1);
      }
      code += character;
      at++;
    }
  }
  return code;
}

/** Behind the sign that ends a text, or behind the line where none does. */
function endOf(source: string, from: number, sign: string): number {
  for (let at = from; at < source.length; at++) {
    if (source.charAt(at) === "\\") at++;
    else if (source.charAt(at) === sign || source.charAt(at) === "\n") return at + 1;
  }
  return source.length;
}

/** Behind the sign that ends a pattern, and its flags. A slash in a class doesn't end it. */
function endOfPattern(source: string, from: number): number {
  let inClass = false;
  for (let at = from; at < source.length; at++) {
    const character = source.charAt(at);
    if (character === "\\") at++;
    else if (character === "[") inClass = true;
    else if (character === "]") inClass = false;
    else if ((character === "/" && !inClass) || character === "\n") return at + 1;
  }
  return source.length;
}

/** Behind the sign that ends a template, or behind the `${` that interrupts it. */
function endOfTemplate(source: string, from: number): number {
  for (let at = from; at < source.length; at++) {
    if (source.charAt(at) === "\\") at++;
    else if (source.charAt(at) === "`") return at + 1;
    else if (source.startsWith("${", at)) return at + 2;
  }
  return source.length;
}
