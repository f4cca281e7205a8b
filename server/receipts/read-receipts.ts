import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { CannotCheck } from './read-keys.ts';

/** What a file has where a receipt should be. `line` counts from 1; of one JSON text, its receipts. */
export type Found = { line: number; value: unknown };

/** A text of up to this size may be one JSON text over many lines; a larger one is read line by line. */
const WHOLE_MAX_BYTES = 4 * 1024 * 1024;
/** No receipt comes near this. */
const LINE_MAX_BYTES = 256 * 1024;

/** @throws CannotCheck when it can't be read. `-` is standard input. */
export async function openFile(path: string): Promise<AsyncIterable<Buffer>> {
  if (path === '-') return process.stdin as AsyncIterable<Buffer>;
  try {
    const handle = await open(path);
    if ((await handle.stat()).isDirectory()) {
      await handle.close();
      throw Object.assign(new Error(), { code: 'EISDIR' });
    }
    return createReadStream('', { fd: handle });
  } catch (error) {
    throw new CannotCheck(`${path} cannot be read: ${(error as NodeJS.ErrnoException).code}.`);
  }
}

/**
 * The receipts in a text: one JSON text (a receipt, an answer, or an array of either), or one a line. Whatever is
 * not one of these is handed on as it is, to be found malformed.
 * @throws CannotCheck when there is no JSON in it at all.
 */
export async function* receiptsIn(chunks: AsyncIterable<Buffer>, name: string): AsyncGenerator<Found> {
  const head: Buffer[] = [];
  const lines = new Lines();
  let bytes = 0;
  try {
    for await (const chunk of chunks) {
      bytes += chunk.length;
      if (bytes - chunk.length > WHOLE_MAX_BYTES) {
        yield* foundIn(lines.push(chunk));
        continue;
      }
      head.push(chunk);
      if (bytes > WHOLE_MAX_BYTES) yield* foundIn(someJson(linesOf(head.splice(0), lines), name));
    }
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    throw new CannotCheck(`${name} cannot be read to its end: ${code}.`);
  }
  const whole = bytes <= WHOLE_MAX_BYTES ? parse(textOf(Buffer.concat(head))) : undefined;
  if (whole === undefined) {
    const last = [...linesOf(head, lines), ...lines.end()];
    yield* foundIn(bytes > WHOLE_MAX_BYTES ? last : someJson(last, name));
    return;
  }
  const values = Array.isArray(whole.value) ? whole.value : [whole.value];
  if (values.length === 0) throw new CannotCheck(`There is no receipt in ${name}.`);
  for (const [i, value] of values.entries()) yield { line: i + 1, value: receiptOf(value) };
}

function* foundIn(lines: Iterable<Line>): Generator<Found> {
  for (const { line, text } of lines) yield { line, value: receiptOf(parse(text)?.value) };
}

function linesOf(chunks: readonly Buffer[], lines: Lines): Line[] {
  return chunks.flatMap((chunk) => [...lines.push(chunk)]);
}

/** Not a single line of it is JSON: then it is another file than was meant. */
function someJson(lines: Line[], name: string): Line[] {
  if (lines.some(({ text }) => parse(text) !== undefined)) return lines;
  throw new CannotCheck(`There is no receipt in ${name}: expected JSON.`);
}

type Line = { line: number; text: string };

/** Cuts a stream at its line feeds; empty lines count but are passed over, endless ones are cut off. */
class Lines {
  #rest: Buffer[] = [];
  #restBytes = 0;
  #line = 0;

  *push(chunk: Buffer): Generator<Line> {
    let from = 0;
    for (let at = chunk.indexOf(10); at !== -1; at = chunk.indexOf(10, from)) {
      this.#keep(chunk.subarray(from, at));
      yield* this.end();
      from = at + 1;
    }
    this.#keep(chunk.subarray(from));
  }

  *end(): Generator<Line> {
    this.#line += 1;
    const text = textOf(Buffer.concat(this.#rest));
    this.#rest = [];
    this.#restBytes = 0;
    if (text !== '') yield { line: this.#line, text };
  }

  #keep(part: Buffer): void {
    if (this.#restBytes > LINE_MAX_BYTES) return;
    this.#rest.push(part);
    this.#restBytes += part.length;
  }
}

/** Without the byte order mark that some editors put in front. */
function textOf(bytes: Buffer): string {
  return bytes
    .toString()
    .replace(/^\ufeff/, '')
    .trim();
}

function parse(text: string): { value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) };
  } catch {
    return undefined;
  }
}

/** The receipt of an answer (`data` when held, `error` when refused), or the value itself. */
function receiptOf(value: unknown): unknown {
  const of = (parent: unknown, name: string) =>
    typeof parent === 'object' && parent !== null && Object.hasOwn(parent, name)
      ? (parent as Record<string, unknown>)[name]
      : undefined;
  const within = of(value, 'data') ?? of(value, 'error') ?? value;
  return of(within, 'receipt') ?? value;
}
