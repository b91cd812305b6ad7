/** A file of a ZIP archive, as its directory describes it. */
export interface ZippedFile {
  readonly name: string;
  /** The mode of POSIX, kind of file included. */
  readonly mode: number;
  /** The system that made it: 3 is Unix. */
  readonly madeBy: number;
  readonly date: string;
  /** 0 is stored, 8 is deflated. */
  readonly method: number;
  /** The content, a character for each byte. */
  readonly text: string;
}

/** The files of a ZIP archive in the order of its directory. Source: PKWARE's APPNOTE 6.3. */
export async function readZip(bytes: Uint8Array<ArrayBuffer>): Promise<ZippedFile[]> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  // The archives of these tests have no comment, so that the last record is the one that says where the directory is.
  const end = bytes.length - 22;
  const files: ZippedFile[] = [];
  let at = view.getUint32(end + 16, true);
  for (let left = view.getUint16(end + 10, true); left > 0; left--) {
    const [method, time, date] = [10, 12, 14].map((offset) => view.getUint16(at + offset, true));
    const [packed = 0, size] = [20, 24].map((offset) => view.getUint32(at + offset, true));
    const [nameLength = 0, extra = 0, comment = 0] = [28, 30, 32].map((offset) => view.getUint16(at + offset, true));
    const local = view.getUint32(at + 42, true);
    const begin = local + 30 + view.getUint16(local + 26, true) + view.getUint16(local + 28, true);
    const content = bytes.slice(begin, begin + packed);
    const text = latin1(method === 8 ? await inflate(content) : content);
    if (text.length !== size) throw new Error(`A file has ${text.length} bytes instead of ${size}`);
    files.push({
      name: latin1(bytes.slice(at + 46, at + 46 + nameLength)),
      mode: view.getUint32(at + 38, true) >>> 16,
      madeBy: view.getUint8(at + 5),
      date: momentOf(date ?? 0, time ?? 0),
      method: method ?? 0,
      text,
    });
    at += 46 + nameLength + extra + comment;
  }
  return files;
}

function momentOf(date: number, time: number): string {
  const day = `${1980 + (date >> 9)}-${(date >> 5) & 15}-${date & 31}`;
  return `${day} ${time >> 11}:${(time >> 5) & 63}:${2 * (time & 31)}`;
}

async function inflate(content: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
  const stream = new Blob([content]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

function latin1(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return text;
}
