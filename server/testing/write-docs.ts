import { writeFileSync } from 'node:fs';
import { documents, fileOf, fillSections, readDocument } from './docs.ts';

/** `npm run docs`: makes the generated sections of docs/ anew. */
for (const document of documents()) {
  const before = readDocument(document.path);
  const after = fillSections(document, before);
  if (after !== before) writeFileSync(fileOf(document.path), after);
  process.stdout.write(`${after === before ? 'unchanged' : 'written'}  ${document.path}\n`);
}
