import { main } from './lib/failure.mjs';
import { setup } from './setup.mjs';

/** `npm run build`: builds the pages, also if they look built. */
await main(async () => {
  await setup({ needs: ['packages', 'client'], force: ['client'] });
});
