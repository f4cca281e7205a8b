import { main } from './lib/failure.mjs';
import { completeLockfile } from './lib/lockfile.mjs';

/** For developers, after `npm install`: lists the other platforms' binaries that the registry in use lacks. */
await main(async () => {
  const added = completeLockfile();
  console.log(added.length > 0 ? `Listed: ${added.join(', ')}` : 'package-lock.json lists every platform.');
});
