import { serveCommand } from '../../src/cli/serve.ts';

/** What `vtd serve` runs, as a process of its own. */
await serveCommand().parseAsync();
