import { build, type Plugin } from 'vite';

const FILE = 'embed.js';

/**
 * Builds `<livestall-room>` into one file under a name that stays. By a build of its own, since a shop's page loads it
 * from another origin: sharing chunks with our pages would make it fetch more, and as a classic script it could not.
 */
export function embedScript(): Plugin {
  let entry = '';
  return {
    name: 'livestall:embed-script',
    apply: 'build',
    configResolved({ root }) {
      entry = `${root}/embed/main.ts`;
    },
    async generateBundle() {
      this.addWatchFile(entry);
      const built = await build({
        configFile: false,
        logLevel: 'warn',
        publicDir: false,
        build: {
          write: false,
          target: 'es2022',
          lib: { entry, formats: ['iife'], name: 'LivestallEmbed', fileName: () => FILE },
        },
      });
      const [bundle] = [built].flat();
      if (bundle === undefined || !('output' in bundle)) this.error('embed.js was not built');
      const [script, ...others] = bundle.output;
      if (others.length > 0) this.error(`embed.js is to be one file, and came with ${others.length} more`);
      this.emitFile({ type: 'asset', fileName: FILE, source: script.code });
    },
  };
}
