import { serve } from '../../serve.ts';

/** The server as it is where the system cannot let several processes listen on one port. */
await serve({ sharePort: false });
