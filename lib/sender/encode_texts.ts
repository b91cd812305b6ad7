/** How many texts are joined at a time. A string of more is so long that the engine keeps it apart, and for longer. */
const GROUP = 64;

/**
 * The UTF-8 of many texts, one behind the other. A string of all of them would be in memory beside them, and once more
 * as its bytes.
 */
export function encodeTexts(texts: readonly string[]): Uint8Array<ArrayBuffer> {
  const encoder = new TextEncoder();
  let room = texts.reduce((sum, { length }) => sum + length, 0);
  // Nearly every text is all ASCII, and has as many bytes as characters.
  let bytes = new Uint8Array(room);
  let size = 0;
  for (let from = 0; from < texts.length; from += GROUP) {
    for (let rest = texts.slice(from, from + GROUP).join(""); rest !== "";) {
      const { read, written } = encoder.encodeInto(rest, bytes.subarray(size));
      size += written;
      room -= read;
      rest = rest.slice(read);
      // No character of a string takes more than three bytes.
      if (rest !== "") bytes = enlarged(bytes, size + 3 * room);
    }
  }
  return bytes.subarray(0, size);
}

function enlarged(bytes: Uint8Array<ArrayBuffer>, size: number): Uint8Array<ArrayBuffer> {
  const larger = new Uint8Array(size);
  larger.set(bytes);
  return larger;
}
