/**
 * What each thread of a campaign runs: `worker.js` of the package, or in a checkout `worker.ts`. There the thread needs
 * what the checkout runs TypeScript with: a thread does not take it over from the process that starts it.
 */
export function workerFile(): { readonly filename: string; readonly execArgv?: string[] } {
  const here = import.meta.url;
  if (!here.endsWith('.ts')) return { filename: new URL('worker.js', here).href };
  const tsx = import.meta.resolve('tsx/esm/api');
  const register = `import { register } from ${JSON.stringify(tsx)}; register();`;
  return {
    filename: new URL('worker.ts', here).href,
    execArgv: ['--import', `data:text/javascript,${encodeURIComponent(register)}`],
  };
}
