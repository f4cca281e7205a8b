import { serve } from './startup/serve.ts';

await serve();
