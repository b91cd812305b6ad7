/**
 * A pattern with classes of Unicode (`\p{…}`), made when it is first asked for. The engine looks each class up as soon
 * as it reads a literal, also one in a function that is never called: the three literals that every start read took 6 %
 * of a program that only ends. So no pattern of such a class is a literal, and the gate checks that.
 */
export function unicodePattern(source: string, flags: string): () => RegExp {
  let pattern: RegExp | undefined;
  return () => pattern ??= new RegExp(source, flags);
}
